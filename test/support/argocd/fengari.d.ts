/** The functions of fengari that the sandbox calls; it ships no types. They are those of Lua's C API. */
declare module 'fengari' {
  /** State of a Lua machine; every value goes through its stack. */
  export interface LuaState {
    readonly fengari: unique symbol;
  }
  /** Text as Lua holds it: bytes. */
  export function to_luastring(text: string): Uint8Array;

  export const lua: {
    readonly LUA_OK: 0;
    readonly LUA_TNIL: 0;
    readonly LUA_TBOOLEAN: 1;
    readonly LUA_TNUMBER: 3;
    readonly LUA_TSTRING: 4;
    readonly LUA_TTABLE: 5;
    lua_absindex(L: LuaState, index: number): number;
    lua_createtable(L: LuaState, items: number, fields: number): void;
    lua_error(L: LuaState): never;
    lua_next(L: LuaState, index: number): 0 | 1;
    lua_pcall(L: LuaState, args: number, results: number, handler: number): number;
    lua_pop(L: LuaState, count: number): void;
    lua_pushboolean(L: LuaState, value: boolean): void;
    lua_pushcfunction(L: LuaState, called: (L: LuaState) => number): void;
    lua_pushinteger(L: LuaState, value: number): void;
    lua_pushnil(L: LuaState): void;
    lua_pushnumber(L: LuaState, value: number): void;
    lua_pushstring(L: LuaState, value: Uint8Array): void;
    lua_setfield(L: LuaState, index: number, name: Uint8Array): void;
    lua_setglobal(L: LuaState, name: Uint8Array): void;
    lua_seti(L: LuaState, index: number, at: number): void;
    lua_toboolean(L: LuaState, index: number): boolean;
    lua_tojsstring(L: LuaState, index: number): string;
    lua_tonumber(L: LuaState, index: number): number;
    lua_type(L: LuaState, index: number): number;
  };
  export const lauxlib: {
    luaL_checkstring(L: LuaState, index: number): Uint8Array;
    luaL_loadstring(L: LuaState, text: Uint8Array): number;
    luaL_newstate(): LuaState;
    luaL_requiref(L: LuaState, name: Uint8Array, open: (L: LuaState) => number, global: 0 | 1): void;
    luaL_tolstring(L: LuaState, index: number): Uint8Array;
  };
  export const lualib: {
    luaopen_base(L: LuaState): number;
    luaopen_table(L: LuaState): number;
  };
}
