// Package form holds business types as data and the checks of what a teller
// enters: Parse reads a type from JSON, Type.Fill turns entries into a Filled
// or into sentences in Chinese and English that say what is wrong and what to
// do. A Filled gives the values as they are printed, who signs, whether a
// second person must approve, and the canonical text everything is bound to.
//
// It does no layout (package render does), asks no core banking system, and
// knows no clock: the business date comes in through Fill. An identity number
// or a card that passes here is well formed, not proven to exist.
//
// Start with Parse, Type.Fill and Filled.Value.
//
// Units: money is integer fen, lengths are mm. Amounts are never floats. The
// 大写 rules and the row limits are from the project's specification of the
// printed pages; GB 11643-1999 gives the identity number, ISO/IEC 7812-1 annex
// B the card check digit.
package form
