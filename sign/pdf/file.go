package pdf

// File is a strictly read PDF.
type File struct{}

// Parse reads a file strictly: what a lenient reader would repair is an error.
func Parse(b []byte) (*File, error) { panic("seam") }

// Trailer of the newest revision.
func (f *File) Trailer() Dict { panic("seam") }

// Refs lists the objects in use, by number.
func (f *File) Refs() []Ref { panic("seam") }

// Get reads an indirect object; a free or absent one is nil.
func (f *File) Get(r Ref) (Object, error) { panic("seam") }

// Resolve follows references until it has a direct object.
func (f *File) Resolve(o Object) (Object, error) { panic("seam") }

// Decode undoes the filters of a stream (FlateDecode with predictors).
func (s *Stream) Decode() ([]byte, error) { panic("seam") }

// Writer builds a new file of one revision.
type Writer struct{}

// NewWriter begins a file with the header of the version, "1.4".
func NewWriter(version string) *Writer { panic("seam") }

// Alloc reserves an object number.
func (w *Writer) Alloc() Ref { panic("seam") }

// Put writes an object under its number; each number once.
func (w *Writer) Put(r Ref, o Object) { panic("seam") }

// Finish writes a cross-reference table and trailer and gives the file.
func (w *Writer) Finish(trailer Dict) ([]byte, error) { panic("seam") }

// Format is the PDF syntax of an object.
func Format(o Object) []byte { panic("seam") }
