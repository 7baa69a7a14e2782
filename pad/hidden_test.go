package pad

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func secret(t *testing.T) *Capture {
	t.Helper()
	c := new(Capture)
	if err := record(c, &fake{script: []Sample{{X: 12.345678, Y: 87.654321, P: 0.5, Phase: Down}}}); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCapturePrintsAsHidden(t *testing.T) {
	c := secret(t)
	nested := struct {
		Name string
		C    *Capture
	}{"x", c}
	unexported := struct{ c *Capture }{c}
	inside := &struct{ held Capture }{}
	if err := record(&inside.held, &fake{script: []Sample{{X: 12.345678}}}); err != nil {
		t.Fatal(err)
	}
	for _, verb := range strings.Fields("%v %+v %#v %s %d %x %X %q %t %T %p %f %g %o %z") {
		if got := fmt.Sprintf(verb, c); verb != "%T" && verb != "%p" && got != hiddenText {
			t.Errorf("%s prints %q", verb, got)
		}
		for _, v := range []any{nested, unexported, inside, []*Capture{c}, map[string]*Capture{"a": c}} {
			if got := fmt.Sprintf(verb, v); strings.Contains(got, "12.34") || strings.Contains(got, "4028b") {
				t.Errorf("%s of %T shows a sample: %q", verb, v, got)
			}
		}
	}
	if c.GoString() != hiddenText || c.String() != hiddenText {
		t.Error("String or GoString is not hidden")
	}
}

func TestCaptureRefusesSerialisation(t *testing.T) {
	c := secret(t)
	if b, err := json.Marshal(struct{ C *Capture }{c}); !errors.Is(err, ErrHidden) {
		t.Errorf("json: %s, %v", b, err)
	}
	if b, err := json.Marshal(map[string]any{"c": []any{c}}); !errors.Is(err, ErrHidden) {
		t.Errorf("json in a map: %s, %v", b, err)
	}
	var out bytes.Buffer
	if err := gob.NewEncoder(&out).Encode(c); !errors.Is(err, ErrHidden) {
		t.Errorf("gob: %v", err)
	}
	if _, err := c.MarshalText(); !errors.Is(err, ErrHidden) {
		t.Errorf("text: %v", err)
	}
	if _, err := c.MarshalBinary(); !errors.Is(err, ErrHidden) {
		t.Errorf("binary: %v", err)
	}
	if s, _, err := c.Take(); err != nil || len(s) != 1 {
		t.Errorf("the attempts used the capture up: %v", err)
	}
}
