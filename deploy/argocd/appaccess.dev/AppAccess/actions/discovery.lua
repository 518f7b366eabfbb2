-- A suspended object is not looked at, so asking for a pass does nothing; a deletion goes on whether suspended or not.
local suspended = obj.spec.suspend == true
local deleting = obj.metadata.deletionTimestamp ~= nil
return {
  reconcile = { disabled = suspended and not deleting },
  suspend = { disabled = suspended or deleting },
  resume = { disabled = deleting or not suspended },
}
