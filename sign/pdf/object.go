package pdf

// Object is one of: nil, bool, int64, float64, Name, String, Array, Dict,
// *Stream, Ref.
type Object any

// Name without its slash, decoded.
type Name string

// String holds decoded bytes.
type String []byte

// Array of objects.
type Array []Object

// Dict is a dictionary; Write sorts its keys.
type Dict map[Name]Object

// Ref points to an indirect object.
type Ref struct{ Num, Gen int }

// Stream is a dictionary with raw (still filtered) bytes.
type Stream struct {
	Dict Dict
	Raw  []byte
}
