// Package review settles which names of a graph are one company: a rule decides what is certain, people decide what is
// doubtful, and what was decided is kept.
//
// [Propose] matches a View against itself and writes nothing. [Run] records what is certain as sameness, and puts the
// rest into a queue of reviews. [Decide] writes what a person says of one; [UndoRun] takes back what a run merged.
//
// What counts as decided is the overlay of sameness in the store; the queue only remembers what was asked, and who
// answered. So a decision that was imported, or made by hand, is never asked for again.
package review
