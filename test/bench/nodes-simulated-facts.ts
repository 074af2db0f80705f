// What the coordinator and its simulated nodes agree on.

export const SIMULATED_KEY = Buffer.alloc(32, 7)
/** Of a track of a hundred tasks, those that run. */
export const RUNNING_TASKS = ['task-0', 'task-1', 'task-2', 'task-3']
