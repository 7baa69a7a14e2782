package form

import "time"

// Text is one text in both languages of the product.
type Text struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// Kind chooses the check and the way a value is printed.
type Kind string

const (
	Name    Kind = "name"    // any character of GB 18030 that a font has
	Account Kind = "account" // digits, Luhn where it is a card; grouped 4-4-4
	Amount  Kind = "amount"  // decimal text, kept as integer fen
	IDCard  Kind = "id"      // resident identity number, GB 11643
	Mobile  Kind = "mobile"
	Date    Kind = "date"
	Choice  Kind = "choice"
	Plain   Kind = "text"
)

// Field is one entry of a form.
type Field struct {
	ID       string   `json:"id"`
	Label    Text     `json:"label"`
	Kind     Kind     `json:"kind"`
	Required bool     `json:"required,omitempty"`
	Bold     bool     `json:"bold,omitempty"` // 户名, 账号, 金额 and dates of legal effect
	Max      int      `json:"max,omitempty"`  // characters; 0 = the kind's own limit
	Choices  []string `json:"choices,omitempty"`
	Default  string   `json:"default,omitempty"`
	Example  string   `json:"example"` // a valid value, used by trial mode and tests
}

// Cell is a label and a value in a row of a table. Field names a Field, or one
// of the computed values that begin with $ : $type, $currency, $words (大写),
// $branch, $time, $number, $approval, $fee.
type Cell struct {
	Field string `json:"field"`
	Label Text   `json:"label"` // empty: the field's own
}

// Row of a table: one cell takes the full width, two take a half each.
type Row struct {
	Height float64 `json:"h"` // mm, fixed: a voucher never reflows
	Cells  []Cell  `json:"cells"`
	Head   bool    `json:"head,omitempty"` // cells are column heads without values
}

// Signer is a person who writes on the pad: the customer, a guardian.
type Signer struct {
	Role Text `json:"role"`
	// NameField is the field that holds this person's name.
	NameField string  `json:"name"`
	W         float64 `json:"w"` // signature box in mm
	H         float64 `json:"h"`
}

// Section of a full-page form: a heading and a table.
type Section struct {
	Title Text  `json:"title"`
	Rows  []Row `json:"rows"`
}

// Clause is a paragraph of an agreement.
type Clause struct {
	Heading string `json:"heading,omitempty"`
	Body    string `json:"text,omitempty"`
	Bold    bool   `json:"bold,omitempty"`
}

// Type is a business type as data; assets/forms holds one JSON file each.
type Type struct {
	Code  string `json:"code"`
	Title Text   `json:"title"` // of the voucher: 现金存款凭证
	Name  Text   `json:"name"`  // of the business: 现金存款
	// Receipt is the title of the customer's half, empty on full-page forms.
	Receipt   Text      `json:"receipt"`
	Fields    []Field   `json:"fields"`
	Bank      []Row     `json:"bank,omitempty"`     // half-page voucher, bank copy
	Customer  []Row     `json:"customer,omitempty"` // half-page voucher, customer copy
	Notes     []string  `json:"notes,omitempty"`    // under the customer copy
	Sections  []Section `json:"sections,omitempty"`
	Agreement []Clause  `json:"agreement,omitempty"`
	Statement Text      `json:"statement"`
	Signers   []Signer  `json:"signers"`
	// Limit in fen above which a second person approves before the customer
	// signs; 0: never, -1: always.
	Limit int64 `json:"limit,omitempty"`
}

// Problem is a sentence about one field: what is wrong and what to do.
type Problem struct {
	Field string
	Text  Text
}

// Value is a checked value.
type Value struct {
	// Raw is the canonical entry: what copying from the PDF gives back.
	Raw string
	// Shown is what is printed, without the grouping of Groups.
	Shown string
	// Groups are the pieces printed with a gap between them; nil: one piece.
	Groups []string
}

// Filled is a form that passed every check; there is no other way to one.
type Filled struct {
	typ    *Type
	values map[string]Value
	fen    int64
}

// Header is what the workstation adds to the entries before they are signed.
type Header struct {
	Number      string // voucher number, 18 digits
	Time        time.Time
	Business    string // business date 2006-01-02
	Branch      string
	Workstation string
	Teller      string
	Supervisor  string // empty when no approval was needed
	Trial       bool
}

// Parse reads a business type from JSON and checks it: unknown keys, unknown
// fields in rows, examples that fail their own check are errors.
func Parse(data []byte) (*Type, error) { panic("seam") }

// Fill checks the entries against the type. today is the business date, for
// dates. With problems the Filled is not usable.
func (t *Type) Fill(in map[string]string, today time.Time) (Filled, []Problem) { panic("seam") }

// Type of the form.
func (f Filled) Type() *Type { return f.typ }

// Value of a field or of a computed value ($words …); Shown is "—" for an
// empty one, and the second result says whether there is a value.
func (f Filled) Value(id string) (Value, bool) { panic("seam") }

// Masked is the value as the customer copy shows it: accounts as first 4,
// **** ****, last 4; identity numbers first 4 and last 4; all else as it is.
func (f Filled) Masked(id string) (Value, bool) { panic("seam") }

// Fen is the amount in fen, 0 where the type has none.
func (f Filled) Fen() int64 { return f.fen }

// NeedsApproval says whether a second person must approve before signing.
func (f Filled) NeedsApproval() bool { panic("seam") }

// Canonical is the text whose SHA-256 everything is bound to: UTF-8, NFC, one
// "key\tvalue\n" line each, the header's first, then the fields in the type's
// order, empty ones included. Its format is documented there and versioned.
func (f Filled) Canonical(h Header) []byte { panic("seam") }
