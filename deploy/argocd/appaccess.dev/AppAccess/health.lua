-- Health of an AppAccess, judged in the order in which kstatus judges it for Flux and Helm, so that all tools agree.
-- No library but base and table is there: Argo CD opens no other one for a script in argocd-cm, not even string.
local generation = obj.metadata.generation
local status = obj.status or {}
local conditions = {}
for _, condition in ipairs(status.conditions or {}) do
  conditions[condition.type] = condition
end

local function holds(name)
  return conditions[name] ~= nil and conditions[name].status == "True"
end

-- With a message that is not a string Argo CD would show no health at all.
local function answer(health, message)
  return { status = health, message = tostring(message) }
end

local function progressing(default)
  local ready = conditions.Ready
  -- What is told of an older spec says nothing about this one.
  local isNews = ready ~= nil and ready.status ~= "True" and ready.observedGeneration == generation
  return answer("Progressing", isNews and ready.message or default)
end

if obj.metadata.deletionTimestamp ~= nil then
  return progressing("being deleted")
elseif status.observedGeneration ~= generation then
  return progressing("the controller is not done with this spec yet")
elseif holds("Stalled") then
  return answer("Degraded", conditions.Stalled.message)
elseif holds("Reconciling") or not holds("Ready") then
  return progressing("the controller is still at it")
elseif obj.spec.suspend == true then
  return answer("Suspended", conditions.Ready.message)
end
return answer("Healthy", conditions.Ready.message)
