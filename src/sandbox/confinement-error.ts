/** The wall cannot be built here: a cell that meets this runs nothing. */
export class ConfinementError extends Error {}
