package manifest

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"moqian/render/pdf"
)

// ErrNone: the file carries no voucher data.
var ErrNone = errors.New("no voucher data")

// Properties are the data as values of the voucher's XMP schema.
func (d Data) Properties() ([]pdf.Property, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	trial := "0"
	if d.Trial {
		trial = "1"
	}
	text, _ := d.Text.MarshalText()
	cert, _ := d.Certificate.MarshalText()
	out := []pdf.Property{
		{Name: "Version", Value: version, Description: "of this schema"},
		{Name: "Number", Value: d.Number, Description: "of the voucher"},
		{Name: "Type", Value: d.Type, Description: "of business"},
		{Name: "Business", Value: d.Business, Description: "its day"},
		{Name: "Time", Value: d.Time.Format(time.RFC3339), Description: "time of the transaction"},
		{Name: "Branch", Value: d.Branch},
		{Name: "Workstation", Value: d.Workstation},
		{Name: "Teller", Value: d.Teller, Description: "number"},
		{Name: "Supervisor", Value: d.Supervisor, Description: "number of who approved"},
		{Name: "Trial", Value: trial, Description: "1: made in trial mode, no voucher"},
		{Name: "TextSHA256", Value: string(text), Description: "of the canonical text"},
		{Name: "CertificateSHA256", Value: string(cert), Description: "of the certificate that the ink is bound to"},
		{Name: "MarkKey", Value: d.MarkKey, Description: "name of the marks' key"},
		{Name: "MarkPublic", Value: d.MarkPublic, Description: "Ed25519 key that signs the ink"},
	}
	for i, s := range d.Signers {
		b, err := json.Marshal(s)
		if err != nil {
			return nil, fmt.Errorf("signer %d: %w", i+1, err)
		}
		out = append(out, pdf.Property{Name: "Signer" + strconv.Itoa(i+1), Value: string(b),
			Description: "an ink's place, evidence, mark (JSON)"})
	}
	return out, nil
}

var (
	digits18  = regexp.MustCompile(`^\d{18}$`)
	dateOnly  = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)
	word      = regexp.MustCompile(`^[0-9A-Za-z._-]{1,32}$`)
	roleName  = regexp.MustCompile(`^[A-Za-z][A-Za-z -]{0,39}$`)
	keyName   = regexp.MustCompile(`^([0-9a-f]{8})?$`)
	publicHex = regexp.MustCompile(`^([0-9a-f]{64})?$`)
)

// check names the field that is wrong. Identifiers are words without blanks, so
// that no name or account can slip into them.
func (d Data) check() error {
	for _, f := range []struct {
		name, value string
		want        *regexp.Regexp
	}{
		{"number", d.Number, digits18}, {"type", d.Type, word}, {"business date", d.Business, dateOnly},
		{"branch", d.Branch, word}, {"workstation", d.Workstation, word}, {"teller", d.Teller, word},
		{"mark key", d.MarkKey, keyName}, {"public mark key", d.MarkPublic, publicHex},
	} {
		if !f.want.MatchString(f.value) {
			return fmt.Errorf("voucher data: %s %q is not valid", f.name, f.value)
		}
	}
	if d.Supervisor != "" && !word.MatchString(d.Supervisor) {
		return fmt.Errorf("voucher data: supervisor %q is not valid", d.Supervisor)
	}
	if n := len(d.Signers); n == 0 || n > MaxSigners {
		return fmt.Errorf("voucher data: %d signers, want 1 to %d", n, MaxSigners)
	}
	for i, s := range d.Signers {
		if !roleName.MatchString(s.Role) || s.Page < 0 || s.Box[2] <= 0 || s.Box[3] <= 0 {
			return fmt.Errorf("voucher data: signer %d has no role or no box", i+1)
		}
	}
	return nil
}

// Read gives the data of a file's properties (render/pdf.ReadData). ErrNone
// when there are none, another error when they are not as Properties writes
// them.
func Read(p map[string]string) (Data, error) {
	if p["Version"] == "" {
		return Data{}, ErrNone
	}
	if p["Version"] != version {
		return Data{}, fmt.Errorf("voucher data: version %q is not known", p["Version"])
	}
	d := Data{
		Number: p["Number"], Type: p["Type"], Business: p["Business"], Branch: p["Branch"],
		Workstation: p["Workstation"], Teller: p["Teller"], Supervisor: p["Supervisor"],
		Trial: p["Trial"] == "1", MarkKey: p["MarkKey"], MarkPublic: p["MarkPublic"],
	}
	var err error
	if d.Time, err = time.Parse(time.RFC3339, p["Time"]); err != nil {
		return Data{}, fmt.Errorf("voucher data: time: %w", err)
	}
	if p["Trial"] != "0" && p["Trial"] != "1" {
		return Data{}, errors.New("voucher data: trial is neither 0 nor 1")
	}
	if err := d.Text.UnmarshalText([]byte(p["TextSHA256"])); err != nil {
		return Data{}, fmt.Errorf("voucher data: text: %w", err)
	}
	if err := d.Certificate.UnmarshalText([]byte(p["CertificateSHA256"])); err != nil {
		return Data{}, fmt.Errorf("voucher data: certificate: %w", err)
	}
	for i := 1; p["Signer"+strconv.Itoa(i)] != ""; i++ {
		var s Signer
		dec := json.NewDecoder(strings.NewReader(p["Signer"+strconv.Itoa(i)]))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&s); err != nil {
			return Data{}, fmt.Errorf("voucher data: signer %d: %w", i, err)
		}
		d.Signers = append(d.Signers, s)
	}
	return d, d.check()
}
