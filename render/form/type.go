package form

import "strings"

// Text is one text in both languages of the product. The zero Text, where a
// function returns a problem, means that there is none.
type Text struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// Empty says whether neither language has a text.
func (t Text) Empty() bool { return t == Text{} }

// Kind chooses the check and the way a value is printed.
type Kind string

const (
	Name    Kind = "name"    // any letter or ideograph of GB 18030; see checkName
	Account Kind = "account" // digits, Luhn where it is a card; grouped 4-4-4
	Amount  Kind = "amount"  // decimal text, kept as integer fen
	IDCard  Kind = "id"      // resident identity number, GB 11643
	Mobile  Kind = "mobile"  // mainland number, 11 digits
	Date    Kind = "date"    // 2006-01-02
	Choice  Kind = "choice"  // one of Choices, or several with Multi
	Plain   Kind = "text"    // one line without control characters
)

// Limits of a date beside being a real one.
const (
	Past   = "past"   // not after the business date
	Future = "future" // not before the business date
)

// Field is one entry of a form.
type Field struct {
	ID       string   `json:"id"` // a-z, 0-9, _; starts with a letter
	Label    Text     `json:"label"`
	Kind     Kind     `json:"kind"`
	Required bool     `json:"required,omitempty"`
	Bold     bool     `json:"bold,omitempty"`    // 户名, 账号, 金额 and dates of legal effect
	Max      int      `json:"max,omitempty"`     // characters; 0 = the kind's own limit
	Choices  []string `json:"choices,omitempty"` // of a Date: words allowed instead, 长期
	// Default is what the entry screen starts with; Fill never puts it in.
	Default string `json:"default,omitempty"`
	Example string `json:"example"` // a valid value, used by trial mode and tests
	// Ledger of an Account takes accounts that are no cards: 9 to 29 digits
	// without a check digit, unless it looks like a UnionPay card.
	Ledger bool `json:"ledger,omitempty"`
	// Zero of an Amount allows 0.00: balances, limits.
	Zero bool `json:"zero,omitempty"`
	// Multi of a Choice allows several, entered with 、 between them.
	Multi bool `json:"multi,omitempty"`
	// When of a Date: Past, Future or empty.
	When string `json:"when,omitempty"`
}

// Cell is a label and a value in a row of a table. Field names a Field, a
// Derived, or one of the values that begin with $. Package form computes $type,
// $currency, $words (大写) and $day+N (the business date and N days, 1 to 366);
// $branch, $time, $number, $approval, $fee are known to the page only: render
// fills them from its Header and Form.
type Cell struct {
	Field string `json:"field,omitempty"`
	Label Text   `json:"label"`          // empty: the field's own
	Bold  bool   `json:"bold,omitempty"` // bold although the field is not; $words always is
}

// Row of a table: one cell takes the full width, two take a half each.
type Row struct {
	Height float64 `json:"h"` // mm, fixed: a voucher never reflows
	Cells  []Cell  `json:"cells"`
	Head   bool    `json:"head,omitempty"` // cells are column heads without values
}

// Signer is a person who writes on the pad: the customer, a guardian.
type Signer struct {
	Role Text `json:"role"` // 客户, Customer; the box says Label
	// NameField is the field that holds this person's name. While it is empty
	// the person does not sign.
	NameField string  `json:"name"`
	W         float64 `json:"w"` // signature box in mm, 60 × 25 at most
	H         float64 `json:"h"`
	// Unless names the name field of another signer who, when present, signs
	// instead of this one: an agent who pays in for somebody absent.
	Unless string `json:"unless,omitempty"`
}

// Label is what stands above the signature box: 客户签名, Customer.
func (s Signer) Label() Text { return Text{ZH: s.Role.ZH + "签名", EN: s.Role.EN} }

// Section of a full-page form: a heading, then a table or lines of text.
type Section struct {
	Title Text     `json:"title"`
	Rows  []Row    `json:"rows,omitempty"`
	Lines []string `json:"lines,omitempty"` // declarations, each a paragraph
}

// Clause is a paragraph of an agreement.
type Clause struct {
	Heading string `json:"heading,omitempty"`
	Body    string `json:"text,omitempty"`
	Bold    bool   `json:"bold,omitempty"` // limits the customer's rights
}

// Type is a business type as data; assets/forms holds one JSON file each.
type Type struct {
	Code  string `json:"code"`  // 4 digits
	Title Text   `json:"title"` // of the voucher: 现金存款凭证
	Name  Text   `json:"name"`  // of the business: 现金存款
	// Receipt is the title of the customer's half, empty on full-page forms.
	Receipt Text      `json:"receipt"`
	Fields  []Field   `json:"fields"`
	Derived []Derived `json:"derived,omitempty"`
	Rules   []Rule    `json:"rules,omitempty"`
	// Amount names the field that is the amount of the business: $words, the
	// limit and the receipt code follow it. Empty: the type has none.
	Amount   string    `json:"amount,omitempty"`
	Bank     []Row     `json:"bank,omitempty"`     // half-page voucher, bank copy
	Customer []Row     `json:"customer,omitempty"` // half-page voucher, customer copy
	Notes    []string  `json:"notes,omitempty"`    // under the customer copy
	Sections []Section `json:"sections,omitempty"`
	// Running is the title on the pages after the first of a full-page form.
	Running   Text     `json:"running"`
	Terms     Text     `json:"terms"` // title of the agreement
	Agreement []Clause `json:"agreement,omitempty"`
	// Statement may hold {field}, {pages} and {signers}; Filled.Statement
	// fills them in.
	Statement Text     `json:"statement"`
	Signers   []Signer `json:"signers"`
	// Limit in fen: from this amount on a second person approves before the
	// customer signs; 0: never, -1: always.
	Limit int64 `json:"limit,omitempty"`
	// ExampleDay is a business date (2006-01-02) at which all examples hold.
	ExampleDay string `json:"example_day"`

	digest string // SHA-256 of the JSON in hex, set by Parse
}

// Find gives a field by its id.
func (t *Type) Find(id string) (Field, bool) {
	for _, f := range t.Fields {
		if f.ID == id {
			return f, true
		}
	}
	return Field{}, false
}

// Label of a cell: its own, or that of its field or derived value.
func (t *Type) Label(c Cell) Text {
	if !c.Label.Empty() {
		return c.Label
	}
	if d, ok := t.derived(c.Field); ok {
		return d.Label
	}
	f, _ := t.Find(c.Field)
	return f.Label
}

// Strong says whether the value of a cell is set in bold.
func (t *Type) Strong(c Cell) bool {
	f, _ := t.Find(c.Field)
	return c.Bold || f.Bold || c.Field == "$words"
}

// Half says whether the type is a half-page voucher with a customer copy.
func (t *Type) Half() bool { return len(t.Bank) > 0 }

// Examples are entries that pass every check at ExampleDay.
func (t *Type) Examples() map[string]string {
	in := map[string]string{}
	for _, f := range t.Fields {
		if f.Example != "" {
			in[f.ID] = f.Example
		}
	}
	return in
}

func (t *Type) derived(id string) (Derived, bool) {
	for _, d := range t.Derived {
		if d.ID == id {
			return d, true
		}
	}
	return Derived{}, false
}

// fromPage says whether a computed value comes from the page, not from form.
func fromPage(id string) bool {
	switch id {
	case "$branch", "$time", "$number", "$approval", "$fee":
		return true
	}
	return false
}

func computed(id string) bool { return strings.HasPrefix(id, "$") }
