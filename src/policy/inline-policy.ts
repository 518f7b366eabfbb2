/** Name of the one inline policy that holds a role's permissions. */
export const INLINE_POLICY_NAME = 'appaccess';
