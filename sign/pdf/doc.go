// Package pdf reads and writes PDF objects: a strict reader, a writer of new
// files, incremental updates, and the path operators of a page. It draws
// nothing and knows no signatures.
//
// Start with Parse for reading, NewWriter for a new file, NewUpdate for an
// update. The reader repairs nothing: a file whose cross-reference table,
// lengths or object headers are off by one byte, or that holds bytes no object
// accounts for, is an error, because what readers repair differently is how
// signed files are made to show different pages. It reads classic
// cross-reference tables (PDF 1.4, ISO 32000-1 §7.5.4); files with
// cross-reference streams are refused with ErrXRefStream.
//
// Offsets and sizes are bytes; coordinates are 1/72 inch (pt).
package pdf
