// Package config is the site's configuration: what a bank decides for its
// workstations, read from one JSON file into plain structs. It opens nothing
// else and holds no secret: PINs and keys never stand in it.
//
// Start with Load; Default is what stands without a file. Sizes are bytes,
// widths mm, amplitudes µm.
package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Site is the configuration of a workstation.
type Site struct {
	Schema string `json:"schema"` // moqian-site 1
	// Bank and Branch as printed.
	Bank   Text `json:"bank"`
	Branch Text `json:"branch"`
	// BranchCode has 5 digits, Workstation 2.
	BranchCode  string `json:"branch_code"`
	Workstation string `json:"workstation"`
	// Seal is the arc of the teller's seal, at most 23 characters, and its number.
	Seal       string `json:"seal"`
	SealNumber string `json:"seal_number"`
	// Key is the teller's PKCS#12 file, Roots the PEM file of trusted roots.
	Key   string `json:"key,omitempty"`
	Roots string `json:"roots,omitempty"`
	// TSA is the time stamp service (RFC 3161), TSARoots its trusted roots.
	TSA      string `json:"tsa,omitempty"`
	TSARoots string `json:"tsa_roots,omitempty"`
	// Level that the upload brings vouchers to where there is a TSA: b-t, b-lt or
	// b-lta; CRLs are the revocation lists for it.
	Level string   `json:"level"`
	CRLs  []string `json:"crls,omitempty"`
	// Archive is dir:PATH or s3://BUCKET/PREFIX?endpoint=URL&region=R.
	Archive string `json:"archive,omitempty"`
	// AcceptTest says that this archive takes TEST vouchers.
	AcceptTest bool `json:"accept_test,omitempty"`
	// ClientCert and ClientKey are PEM files for mTLS with the archive, CA its
	// roots when they are not the system's.
	ClientCert string `json:"client_cert,omitempty"`
	ClientKey  string `json:"client_key,omitempty"`
	CA         string `json:"ca,omitempty"`
	// Limit of upload in bytes a second, 0: none. Workers at a time, 0: default.
	Limit   int64 `json:"limit,omitempty"`
	Workers int   `json:"workers,omitempty"`
	// RetainDays is the retention asked of the archive, 0: none.
	RetainDays int `json:"retain_days,omitempty"`
	// ReceiptPrefix is the address before the receipt code, upper case.
	ReceiptPrefix string `json:"receipt_prefix"`
	// NibMin and NibMax are the line's width in mm at no and full pressure.
	NibMin float64 `json:"nib_min"`
	NibMax float64 `json:"nib_max"`
	// MarkAmplitude and MarkCap of the mark in the line's width in µm.
	MarkAmplitude float64 `json:"mark_amplitude"`
	MarkCap       float64 `json:"mark_cap"`
	// Floor is the free disk space below which no customer signs.
	Floor int64 `json:"floor"`
	// Ballast is the room kept for ending what has begun on a full disk.
	Ballast int64 `json:"ballast"`
	// SecondFactor refuses accounts without a code generator.
	SecondFactor bool `json:"second_factor,omitempty"`
	// Escrow is the age public key of the head office for backups.
	Escrow string `json:"escrow,omitempty"`
	// Language the windows start with: zh or en.
	Language string `json:"language"`
	// PadScreen is auto (a pad's own screen leads the customer where there is no
	// second screen) or off.
	PadScreen string `json:"pad_screen"`
	// Fonts are folders to search for fallback fonts.
	Fonts []string `json:"fonts,omitempty"`
}

// Text in both languages.
type Text struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// schema of the file.
const schema = "moqian-site 1"

// Default is a site before anybody configured it.
func Default() Site {
	return Site{Schema: schema,
		Bank: Text{"墨签银行", "Moqian Bank"}, Branch: Text{"示范支行", "Model Branch"},
		BranchCode: "00001", Workstation: "01", Seal: "墨签银行示范支行", SealNumber: "(1)",
		ReceiptPrefix: "HTTPS://V.EXAMPLE.COM/R/", NibMin: 0.25, NibMax: 0.9,
		MarkAmplitude: 12, MarkCap: 15, Floor: 200 << 20, Ballast: 16 << 20, Language: "zh", PadScreen: "auto", Level: "b-t",
		Fonts: []string{"/usr/share/fonts", "/usr/local/share/fonts"}}
}

// Load reads a site file over Default; an unknown key is an error. A missing
// file is fs.ErrNotExist. Relative paths in it are relative to its folder.
func Load(path string) (Site, error) {
	s := Default()
	b, err := os.ReadFile(path)
	if err != nil {
		return s, fmt.Errorf("reading the site configuration: %w", err)
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	s.Schema = ""
	if err := dec.Decode(&s); err != nil {
		return s, fmt.Errorf("site configuration %s: %w", filepath.Base(path), err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return s, fmt.Errorf("site configuration %s: something follows the closing brace", filepath.Base(path))
	}
	if s.Schema != schema {
		return s, fmt.Errorf("site configuration %s: schema is %q, want %q", filepath.Base(path), s.Schema, schema)
	}
	dir := filepath.Dir(path)
	for _, p := range []*string{&s.Key, &s.Roots, &s.TSARoots, &s.ClientCert, &s.ClientKey, &s.CA} {
		if *p != "" && !filepath.IsAbs(*p) {
			*p = filepath.Join(dir, *p)
		}
	}
	for i, p := range s.CRLs {
		if !filepath.IsAbs(p) {
			s.CRLs[i] = filepath.Join(dir, p)
		}
	}
	if rest, ok := strings.CutPrefix(s.Archive, "dir:"); ok && !filepath.IsAbs(rest) {
		s.Archive = "dir:" + filepath.Join(dir, rest)
	}
	return s, s.check()
}

// check names the value that cannot work.
func (s Site) check() error {
	switch {
	case !regexp.MustCompile(`^[0-9]{5}$`).MatchString(s.BranchCode) || !regexp.MustCompile(`^[0-9]{2}$`).MatchString(s.Workstation):
		return errors.New("site configuration: branch_code has 5 digits, workstation 2")
	case s.Bank.ZH == "" || s.Branch.ZH == "" || utf8.RuneCountInString(s.Seal) > 23:
		return errors.New("site configuration: bank and branch have Chinese names, seal at most 23 characters")
	case s.Archive != "" && !strings.HasPrefix(s.Archive, "dir:") && !strings.HasPrefix(s.Archive, "s3://"):
		return errors.New("site configuration: archive is dir:PATH or s3://BUCKET/PREFIX?endpoint=URL")
	case s.Key != "" && s.Roots == "":
		return errors.New("site configuration: with key, roots names the PEM file of its root")
	case s.NibMin <= 0 || s.NibMax < s.NibMin || s.NibMax > 3:
		return errors.New("site configuration: nib_min and nib_max must be 0 < min ≤ max ≤ 3 mm")
	case s.MarkAmplitude < 0 || s.MarkAmplitude > 60 || s.MarkCap < 0 || s.MarkCap > 80:
		return errors.New("site configuration: mark_amplitude is 0 to 60 µm, mark_cap 0 to 80 µm")
	case s.Level != "b-t" && s.Level != "b-lt" && s.Level != "b-lta":
		return errors.New("site configuration: level is b-t, b-lt or b-lta")
	case s.Language != "zh" && s.Language != "en":
		return errors.New("site configuration: language is zh or en")
	case s.PadScreen != "auto" && s.PadScreen != "off":
		return errors.New("site configuration: pad_screen is auto or off")
	case s.Floor < 0 || s.Ballast < 0 || s.Limit < 0 || s.Workers < 0 || s.RetainDays < 0:
		return errors.New("site configuration: floor, ballast, limit, workers and retain_days are not negative")
	}
	return nil
}

// Save writes the site file, whole or not at all.
func (s Site) Save(path string) error {
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	tmp := path + ".new"
	if err := os.WriteFile(tmp, append(b, '\n'), 0o600); err != nil {
		return fmt.Errorf("writing the site configuration: %w", err)
	}
	return os.Rename(tmp, path)
}

// Folder is the workstation's folder when none is named: the platform's data
// home and moqian.
func Folder(getenv func(string) string) (string, error) {
	if d := getenv("XDG_DATA_HOME"); filepath.IsAbs(d) {
		return filepath.Join(d, "moqian"), nil
	}
	if d := getenv("LocalAppData"); d != "" {
		return filepath.Join(d, "moqian"), nil
	}
	if h := getenv("HOME"); h != "" {
		return filepath.Join(h, ".local", "share", "moqian"), nil
	}
	return "", fmt.Errorf("no home folder to keep the workstation's data in: %w", fs.ErrNotExist)
}
