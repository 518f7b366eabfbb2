import { type LuaState, lauxlib, lua, lualib, to_luastring } from 'fengari';

/** What a script gets and gives back: JSON without null, which Lua cannot hold in a table. */
export type LuaValue = string | number | boolean | readonly LuaValue[] | { readonly [key: string]: LuaValue };

/**
 * What `script` returns for the global `obj`, in a machine that has what Argo CD gives to a script from argocd-cm: the
 * libraries base and table, and by `require("os")` the functions date and time of os, here at `nowMs`. An empty table
 * comes back as a list, as it does in Argo CD. Throws an Error with Lua's words when the script fails.
 * Source: `VM.runLua` in https://github.com/argoproj/argo-cd/blob/v3.2.12/util/lua/lua.go; test/clients runs that.
 */
export function runScript(script: string, obj: LuaValue, nowMs: number): LuaValue | undefined {
  const L = lauxlib.luaL_newstate();
  lauxlib.luaL_requiref(L, to_luastring('_G'), lualib.luaopen_base, 1);
  lauxlib.luaL_requiref(L, to_luastring('table'), lualib.luaopen_table, 1);
  run(L, REMOVE_LATER_THAN_5_1);
  lua.lua_pushcfunction(L, (state) => requireOs(state, nowMs));
  lua.lua_setglobal(L, to_luastring('require'));
  pushValue(L, obj);
  lua.lua_setglobal(L, to_luastring('obj'));
  run(L, script);
  return valueAt(L, -1);
}

/** fengari speaks Lua 5.3, Argo CD's engine 5.1. */
const REMOVE_LATER_THAN_5_1 = 'rawlen, table.move, table.pack, table.unpack = nil';

function run(L: LuaState, script: string): void {
  const loaded = lauxlib.luaL_loadstring(L, to_luastring(script));
  if (loaded !== lua.LUA_OK || lua.lua_pcall(L, 0, 1, 0) !== lua.LUA_OK) throw new Error(textAt(L, -1));
}

function raise(L: LuaState, problem: string): number {
  lua.lua_pushstring(L, to_luastring(problem));
  return lua.lua_error(L);
}

function requireOs(L: LuaState, nowMs: number): number {
  lauxlib.luaL_checkstring(L, 1);
  const name = textAt(L, 1);
  if (name !== 'os') return raise(L, `module ${name} not found`);
  lua.lua_createtable(L, 0, 2);
  setFunction(L, 'time', (state) => {
    lua.lua_pushinteger(state, Math.floor(nowMs / 1000));
    return 1;
  });
  setFunction(L, 'date', (state) => {
    const date = formatDate(textAt(state, 1), nowMs);
    if (date === undefined) return raise(state, `this sandbox cannot tell os.date('${textAt(state, 1)}')`);
    lua.lua_pushstring(state, to_luastring(date));
    return 1;
  });
  return 1;
}

function setFunction(L: LuaState, name: string, called: (L: LuaState) => number): void {
  lua.lua_pushcfunction(L, called);
  lua.lua_setfield(L, -2, to_luastring(name));
}

/**
 * `os.date` of `format`, whose letters are those that make up a date and a time. Only UTC, which `!` asks for: anything
 * else depends on where Argo CD runs.
 */
function formatDate(format: string, nowMs: number): string | undefined {
  const iso = new Date(nowMs).toISOString();
  const parts: Readonly<Record<string, string>> = { '!': '', '%Y-%m-%d': iso.slice(0, 10), '%X': iso.slice(11, 19) };
  const date = Object.entries(parts).reduce((rest, [letters, value]) => rest.replace(letters, value), format);
  return format.startsWith('!') && !date.includes('%') ? date : undefined;
}

function pushValue(L: LuaState, value: LuaValue): void {
  if (typeof value === 'string') lua.lua_pushstring(L, to_luastring(value));
  else if (typeof value === 'boolean') lua.lua_pushboolean(L, value);
  else if (typeof value === 'number') pushNumber(L, value);
  else pushTable(L, value);
}

/** fengari's integers have 32 bits; Argo CD writes a whole number of either kind without a point. */
function pushNumber(L: LuaState, value: number): void {
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 31) lua.lua_pushinteger(L, value);
  else lua.lua_pushnumber(L, value);
}

function pushTable(L: LuaState, value: Extract<LuaValue, object>): void {
  lua.lua_createtable(L, 0, 0);
  if (isList(value)) {
    value.forEach((item, index) => {
      pushValue(L, item);
      lua.lua_seti(L, -2, index + 1);
    });
    return;
  }
  for (const [key, item] of Object.entries(value)) {
    pushValue(L, item);
    lua.lua_setfield(L, -2, to_luastring(key));
  }
}

function isList(value: Extract<LuaValue, object>): value is readonly LuaValue[] {
  return Array.isArray(value);
}

function valueAt(L: LuaState, index: number): LuaValue | undefined {
  switch (lua.lua_type(L, index)) {
    case lua.LUA_TNIL:
      return undefined;
    case lua.LUA_TBOOLEAN:
      return lua.lua_toboolean(L, index);
    case lua.LUA_TNUMBER:
      return lua.lua_tonumber(L, index);
    case lua.LUA_TSTRING:
      return lua.lua_tojsstring(L, index);
    case lua.LUA_TTABLE:
      return tableAt(L, lua.lua_absindex(L, index));
    default:
      throw new Error(`the script returns what has no JSON: ${textAt(L, index)}`);
  }
}

function tableAt(L: LuaState, index: number): LuaValue {
  const fields: [string, LuaValue][] = [];
  let isNumbered = true;
  lua.lua_pushnil(L);
  while (lua.lua_next(L, index) !== 0) {
    const value = valueAt(L, -1);
    if (lua.lua_type(L, -2) !== lua.LUA_TNUMBER) isNumbered = false;
    if (value !== undefined) fields.push([textAt(L, -2), value]);
    lua.lua_pop(L, 1);
  }
  return isNumbered ? fields.map(([, value]) => value) : Object.fromEntries(fields);
}

/** Any value as text, without changing it: `lua_next` must not see a key that has become a string. */
function textAt(L: LuaState, index: number): string {
  lauxlib.luaL_tolstring(L, index);
  const text = lua.lua_tojsstring(L, -1);
  lua.lua_pop(L, 1);
  return text;
}
