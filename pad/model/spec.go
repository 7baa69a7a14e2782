package model

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"strconv"
)

//go:embed devices
var devices embed.FS

// Spec is one pad as data.
type Spec struct {
	Maker string `json:"maker"`
	Model string `json:"model"`
	// IDs as "vvvv:pppp" in hex; "vvvv:*" is every product of a maker whose
	// family answers a wake-up question that others cannot answer.
	IDs []string `json:"ids"`
	// Decoder names the layout of the reports.
	Decoder string `json:"decoder"`
	// WidthMM, HeightMM, MaxX, MaxY, MaxPressure where nobody can ask the pad;
	// 0 means ask. MaxPressure 0 with a size: no pressure.
	WidthMM     float64 `json:"width_mm"`
	HeightMM    float64 `json:"height_mm"`
	MaxX        int     `json:"max_x"`
	MaxY        int     `json:"max_y"`
	MaxPressure int     `json:"max_pressure"`
	// RateHz is the nominal report rate.
	RateHz float64 `json:"rate_hz"`
	Screen *Screen `json:"screen,omitempty"`
	// STU: what only that family has.
	STU *STUTraits `json:"stu,omitempty"`
	// Wake is what makes the pad send pen reports.
	Wake []WakeStep `json:"wake,omitempty"`
	// Tested: how; Hardware: what was tried on a real one.
	Tested   string `json:"tested"`
	Hardware string `json:"hardware"`
	Source   string `json:"source"`
}

// Screen of a pad, where it has one.
type Screen struct {
	W int `json:"w"`
	H int `json:"h"`
	// Encodings: the flags of report 09, for pads that leave them empty.
	Encodings uint8 `json:"encodings"`
	Color     bool  `json:"color"`
}

// STUTraits are the differences inside the STU family.
type STUTraits struct {
	// Option is the best mode of report 32; 0 none.
	Option OptionMode `json:"option"`
	// Crypt: 1 DH, 2 RSA.
	Crypt int `json:"crypt"`
	// Serial: the feature report with a hardware identity (0B, 0F), 0 none.
	Serial uint8 `json:"serial"`
	// Slides: has a ROM slide show.
	Slides bool `json:"slides,omitempty"`
	// Area: takes pictures for a part of the screen.
	Area bool `json:"area,omitempty"`
	// Color24: the ink colour is report 2D, else 28.
	Color24 bool `json:"color24,omitempty"`
}

// WakeStep is one thing to do before the pad reports.
type WakeStep struct {
	// Do: "parameters" reads string descriptor Index and takes the limits from
	// it; "string" only reads it; "out" sends Hex to the interrupt OUT
	// endpoint; "feature" sets the feature report Hex.
	Do    string `json:"do"`
	Index int    `json:"index,omitempty"`
	Hex   string `json:"hex,omitempty"`
}

// All gives every pad in the order of the files.
func All() ([]Spec, error) {
	var out []Spec
	err := fs.WalkDir(devices, "devices", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := devices.ReadFile(path)
		if err != nil {
			return err
		}
		var s Spec
		if err := json.Unmarshal(b, &s); err != nil {
			return fmt.Errorf("reading %s: %w", path, err)
		}
		out = append(out, s)
		return nil
	})
	return out, err
}

// Find gives the pad with these ids; an exact match comes before a family.
func Find(vid, pid uint16) (Spec, bool) {
	all, err := All()
	if err != nil {
		return Spec{}, false
	}
	exact, family := fmt.Sprintf("%04x:%04x", vid, pid), fmt.Sprintf("%04x:*", vid)
	for _, want := range []string{exact, family} {
		for i := range all {
			for _, id := range all[i].IDs {
				if id == want {
					return all[i], true
				}
			}
		}
	}
	return Spec{}, false
}

// Vendors lists the vendor ids of all files, for the udev rule.
func Vendors() ([]uint16, error) {
	all, err := All()
	seen := map[uint16]bool{}
	var out []uint16
	for _, s := range all {
		for _, id := range s.IDs {
			v, err := strconv.ParseUint(id[:4], 16, 16)
			if err == nil && !seen[uint16(v)] {
				seen[uint16(v)] = true
				out = append(out, uint16(v))
			}
		}
	}
	return out, err
}

// Surface as the file states it; zero where the pad must be asked.
func (s *Spec) Surface() Surface {
	return Surface{MaxX: s.MaxX, MaxY: s.MaxY, MaxP: s.MaxPressure, Width: s.WidthMM, Height: s.HeightMM}
}

// Decoders a Spec may name.
var decoders = map[string]bool{"stu": true, "uclogic-v1": true, "uclogic-v2": true, "ugee-v2": true,
	"epad": true, "pd1011": true, "qemu-tablet": true}

// NewDecoder makes the decoder of a pad that is not an STU for this surface.
func (s *Spec) NewDecoder(surface Surface) (Decoder, error) {
	switch s.Decoder {
	case "uclogic-v1", "uclogic-v2", "ugee-v2":
		return NewUCLogic(s.Decoder, surface)
	case "epad", "pd1011", "qemu-tablet":
		return NewFixed(s.Decoder, surface)
	}
	return nil, fmt.Errorf("decoder %q: %w", s.Decoder, ErrUnknown)
}
