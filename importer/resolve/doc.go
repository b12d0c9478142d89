// Package resolve tells whether two records mean the same company, and says why. It reads and writes nothing.
//
// [Compare] scores a pair of records. An [Index] finds the few of very many records that a query may mean and scores
// these. Every [Score] comes with its reasons; whether it is a match, a question for a person, or something new is
// decided by the two thresholds of [Config].
//
// Identifiers come first. Each is checked before it counts ([ParseIdentifier]). Where two records state different
// values of an identifier of which a company has only one, they are different companies, whatever their names.
package resolve
