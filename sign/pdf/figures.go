package pdf

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Figure is a path as it is drawn anywhere in a file: painted, or used to clip
// what is painted through it.
type Figure struct {
	// Page from 0; −1 for what no page's content or annotation leads to by name:
	// tiling patterns, glyphs drawn as paths, masks, forms that nothing draws.
	Page int
	// Form is the resource name of the form that draws it, else empty; Where is
	// the same in words.
	Form  Name
	Where string
	// Run tells the runs of content streams apart: a form that is drawn twice
	// has two.
	Run int
	// Matrix takes Steps to the page (to the pattern, to the annotation's form),
	// in pt.
	Matrix [6]float64
	Steps  []Step
	// Paint is the operator; "W" for a clip that nothing paints.
	Paint string

	place *placement
}

// Step is a step of a figure in user space: Op 'M' and 'L' use P[0], 'C' uses
// all, 'Z' none.
type Step struct {
	Op byte
	P  [3][2]float64
}

// Figures gives all paths of a file: of its pages through forms, of the
// appearances of its annotations, and of every other stream that can draw. It
// gives what it could read beside an error. ErrBudget: the file draws more than
// is looked at.
func Figures(f *File) ([]Figure, error) {
	pages, err := f.Pages()
	if err != nil {
		return nil, err
	}
	p := newPainter(f)
	var errs []error
	note := func(where string, err error) bool {
		if err != nil && len(errs) < maxDepth {
			errs = append(errs, fmt.Errorf("%s: %w", where, err))
		}
		return !errors.Is(err, ErrBudget)
	}
	for i, r := range pages {
		if !note(fmt.Sprintf("page %d", i+1), p.page(r, i)) || !note(fmt.Sprintf("annotations of page %d", i+1), p.annotations(r, i)) {
			return p.out, errors.Join(errs...)
		}
	}
	for _, r := range f.Refs() {
		if !note(fmt.Sprintf("object %d", r.Num), p.other(r)) {
			break
		}
	}
	return p.out, errors.Join(errs...)
}

// page runs the content of a page.
func (p *painter) page(r Ref, page int) error {
	d, err := p.file.Dict(r)
	if err != nil {
		return err
	}
	content, err := p.content(d["Contents"])
	if err != nil {
		return fmt.Errorf("content of page %d: %w", page+1, err)
	}
	res, err := p.resources(d)
	if err != nil {
		return err
	}
	p.at, p.where = page, fmt.Sprintf("page %d", page+1)
	return p.run(content, res, "", identity(), identity(), 0)
}

// resources of a page, its own or those of a node above it.
func (p *painter) resources(d Dict) (Dict, error) {
	for range maxDepth {
		res, err := p.file.Dict(d["Resources"])
		if res != nil || err != nil {
			return res, err
		}
		if d, err = p.file.Dict(d["Parent"]); d == nil || err != nil {
			return nil, err
		}
	}
	return nil, errors.New("the page tree is too deep")
}

func (p *painter) content(o Object) ([]byte, error) {
	o, err := p.file.Resolve(o)
	if err != nil {
		return nil, err
	}
	parts, ok := o.(Array)
	if !ok {
		parts = Array{o}
	}
	var out []byte
	for _, part := range parts {
		o, err := p.file.Resolve(part)
		if err != nil {
			return nil, err
		}
		if o == nil && !ok {
			return nil, nil // an empty page
		}
		s, isStream := o.(*Stream)
		if !isStream {
			return nil, errors.New("not a stream")
		}
		b, err := p.decode(s)
		if err != nil {
			return nil, err
		}
		if len(parts) == 1 {
			return b, nil
		}
		out = append(append(out, b...), '\n')
	}
	return out, nil
}

// annotations runs the appearances of a page's annotations, in all their states.
func (p *painter) annotations(r Ref, page int) error {
	d, err := p.file.Dict(r)
	if err != nil {
		return err
	}
	o, err := p.file.Resolve(d["Annots"])
	if err != nil {
		return err
	}
	list, _ := o.(Array)
	for i, a := range list {
		annot, err := p.file.Dict(a)
		if err != nil {
			return err
		}
		look, err := p.file.Dict(annot["AP"])
		if err != nil {
			return err
		}
		p.at, p.where = page, fmt.Sprintf("page %d, annotation %d", page+1, i+1)
		for _, key := range slices.Sorted(maps.Keys(look)) {
			if err := p.appearance(look[key]); err != nil {
				return err
			}
		}
	}
	return nil
}

// appearance runs a form, or each of a dictionary of states.
func (p *painter) appearance(o Object) error {
	o, err := p.file.Resolve(o)
	if err != nil {
		return err
	}
	switch o := o.(type) {
	case *Stream:
		return p.form(o, "", identity(), 0, nil)
	case Dict:
		for _, state := range slices.Sorted(maps.Keys(o)) {
			s, err := p.file.Resolve(o[state])
			if err != nil {
				return err
			}
			if s, ok := s.(*Stream); ok && !p.ran[s] {
				if err := p.form(s, "", identity(), 0, nil); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// other runs an object that draws and that nothing has run yet: a tiling
// pattern, a form, the glyphs of a type 3 font.
func (p *painter) other(r Ref) error {
	o, err := p.file.Get(r)
	if err != nil {
		return err
	}
	p.at, p.where = -1, fmt.Sprintf("object %d", r.Num)
	switch o := o.(type) {
	case *Stream:
		if !p.ran[o] && (o.Dict["Subtype"] == Name("Form") || o.Dict["PatternType"] == int64(1)) {
			return p.form(o, "", identity(), 0, nil)
		}
	case Dict:
		if o["Subtype"] != Name("Type3") {
			return nil
		}
		glyphs, err := p.file.Dict(o["CharProcs"])
		if err != nil {
			return err
		}
		res, err := p.file.Dict(o["Resources"])
		if err != nil {
			return err
		}
		for _, name := range slices.Sorted(maps.Keys(glyphs)) {
			g, err := p.file.Resolve(glyphs[name])
			if err != nil {
				return err
			}
			if s, ok := g.(*Stream); ok && !p.ran[s] {
				if err := p.form(s, "", identity(), 0, res); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
