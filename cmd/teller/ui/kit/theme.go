package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// Theme carries palette and faces to the toolkit's own parts.
type Theme struct {
	P             *Palette
	Regular, Face fyne.Resource // Face is the bold one
}

// NewTheme makes a theme of two TrueType files.
func NewTheme(p *Palette, regular, bold []byte) *Theme {
	return &Theme{P: p, Regular: fyne.NewStaticResource("moqian-regular.ttf", regular),
		Face: fyne.NewStaticResource("moqian-bold.ttf", bold)}
}

// Font gives the bold face for bold, the regular one for all else.
func (t *Theme) Font(s fyne.TextStyle) fyne.Resource {
	switch {
	case s.Symbol:
		return theme.DefaultTheme().Font(s)
	case s.Bold:
		return t.Face
	}
	return t.Regular
}

// Color maps the toolkit's names to the palette.
func (t *Theme) Color(n fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	p := t.P
	m := map[fyne.ThemeColorName]color.Color{
		theme.ColorNameBackground: p.Ground, theme.ColorNameInputBackground: p.Surface,
		theme.ColorNameButton: p.Surface, theme.ColorNameOverlayBackground: p.Surface,
		theme.ColorNameMenuBackground: p.Surface, theme.ColorNameHeaderBackground: p.Sunk,
		theme.ColorNameHover: p.Sunk, theme.ColorNameDisabledButton: p.Sunk,
		theme.ColorNameSeparator: p.Line, theme.ColorNameInputBorder: p.Edge,
		theme.ColorNameForeground: p.Ink, theme.ColorNamePlaceHolder: p.Ink3,
		theme.ColorNameDisabled: p.Ink3, theme.ColorNamePrimary: p.Accent,
		theme.ColorNameHyperlink: p.Accent, theme.ColorNameForegroundOnPrimary: p.OnAccent,
		theme.ColorNameSelection: p.Soft, theme.ColorNamePressed: p.Soft, theme.ColorNameFocus: p.Halo,
		theme.ColorNameSuccess: p.OK, theme.ColorNameWarning: p.Warn, theme.ColorNameError: p.Err,
		theme.ColorNameShadow: p.Dim,
	}
	if c, ok := m[n]; ok {
		return c
	}
	return theme.DefaultTheme().Color(n, v)
}

// Icon gives the toolkit's own.
func (t *Theme) Icon(n fyne.ThemeIconName) fyne.Resource { return theme.DefaultTheme().Icon(n) }

// Size gives those of the design guide.
func (t *Theme) Size(n fyne.ThemeSizeName) float32 {
	switch n {
	case theme.SizeNameText:
		return 15
	case theme.SizeNameCaptionText:
		return 13
	case theme.SizeNameSubHeadingText:
		return 18
	case theme.SizeNameHeadingText:
		return 24
	case theme.SizeNameModalBlurRadius:
		return 0
	case theme.SizeNameInputRadius, theme.SizeNameButtonRadius:
		return 4
	}
	return theme.DefaultTheme().Size(n)
}
