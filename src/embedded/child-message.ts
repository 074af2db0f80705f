// What the child process tells its parent.

export type ChildMessage =
  | { readonly type: 'listening'; readonly port: number }
  /** It could not start, and ends. */
  | { readonly type: 'failed'; readonly message: string }
