// Package pdf reads and writes PDF objects: a strict reader, a writer of new
// files, incremental updates, and the path operators of a page. It draws
// nothing and knows no signatures.
//
// Start with Parse for reading, NewWriter for a new file, NewUpdate for an
// update. The reader repairs nothing: a file whose cross-reference sections,
// lengths or object headers are off by one byte is an error, because what
// readers repair differently is how signed files are made to show different
// pages. Parse also refuses bytes that no object accounts for; ParseForeign
// notes them, so that who judges signatures can refuse them where nothing
// protects them. Tables, cross-reference streams, object streams, linearised
// and (foreign) hybrid files are read; encrypted ones are not decrypted.
//
// Offsets and sizes are bytes; coordinates are 1/72 inch (pt). Clauses are those
// of ISO 32000-1.
package pdf
