package station

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"moqian/assets"
	"moqian/render"
	"moqian/render/form"
)

// Fonts are the program's faces and, for rare characters, files of the system
// that are read only when a character needs them.
func Fonts(folders []string) (*render.Fonts, error) {
	regular, err := own("NotoSansSC-Regular")
	if err != nil {
		return nil, err
	}
	bold, err := own("NotoSansSC-Bold")
	if err != nil {
		return nil, err
	}
	var fallback []render.Fallback
	for _, f := range []struct {
		name string
		face render.Face
	}{
		{"LXGWWenKai-Regular", render.Regular}, {"LXGWWenKai-Bold", render.Bold},
		{"HanaMinA", render.Regular}, {"HanaMinB", render.Regular},
	} {
		fallback = append(fallback, render.Fallback{Face: f.face, Load: func() (render.Font, error) {
			return search(folders, f.name)
		}})
	}
	return render.NewFonts(regular, bold, fallback...)
}

// SealFont is the face that seals are cut in.
func SealFont() (render.Font, error) { return own("NotoSerifSC-Bold-GB2312") }

func own(name string) (render.Font, error) {
	b, err := assets.FS.ReadFile("fonts/" + name + ".ttf")
	if err != nil {
		return render.Font{}, fmt.Errorf("the program's font %s: %w", name, err)
	}
	return render.Font{Name: name, Data: b}, nil
}

// search finds NAME.ttf below the folders.
func search(folders []string, name string) (render.Font, error) {
	for _, dir := range folders {
		var found string
		_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return nil // a folder that cannot be read holds no font for us
			}
			if d.Name() == name+".ttf" {
				found = path
				return fs.SkipAll
			}
			return nil
		})
		if found != "" {
			b, err := os.ReadFile(found)
			return render.Font{Name: name, Data: b}, err
		}
	}
	return render.Font{}, fmt.Errorf("font %s: %w", name, fs.ErrNotExist)
}

// Types are the business types of the program, by code.
func Types() ([]*form.Type, error) {
	names, err := fs.Glob(assets.FS, "forms/*.json")
	if err != nil {
		return nil, err
	}
	var types []*form.Type
	for _, name := range names {
		b, err := assets.FS.ReadFile(name)
		if err != nil {
			return nil, err
		}
		t, err := form.Parse(b)
		if err != nil {
			return nil, fmt.Errorf("business type %s: %w", name, err)
		}
		types = append(types, t)
	}
	return types, nil
}
