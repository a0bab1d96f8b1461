using System.Text;
using MimeKit.Text;

namespace ForeignConnector.Lib.Gateways.Texts;

/// <summary>HTML made plain: blocks are lines, lists have dashes, links show where they lead.</summary>
internal sealed class HtmlText
{
    private static readonly HashSet<HtmlTagId> Silent =
        [HtmlTagId.Head, HtmlTagId.Script, HtmlTagId.Style, HtmlTagId.Title, HtmlTagId.Object, HtmlTagId.NoFrames];

    private static readonly HashSet<HtmlTagId> Blocks =
    [
        HtmlTagId.Address, HtmlTagId.BlockQuote, HtmlTagId.Center, HtmlTagId.DD, HtmlTagId.Div, HtmlTagId.DL, HtmlTagId.DT,
        HtmlTagId.FieldSet, HtmlTagId.Form, HtmlTagId.LI, HtmlTagId.OL, HtmlTagId.Table, HtmlTagId.TR, HtmlTagId.UL,
    ];

    private static readonly HashSet<HtmlTagId> Paragraphs =
        [HtmlTagId.P, HtmlTagId.H1, HtmlTagId.H2, HtmlTagId.H3, HtmlTagId.H4, HtmlTagId.H5, HtmlTagId.H6, HtmlTagId.Pre];

    private readonly StringBuilder _text = new();
    private int _silent;
    private int _pre;
    private int _wantedLines;
    private bool _isBlankWanted;
    private (string Href, int Start)? _link;

    private HtmlText()
    {
    }

    /// <summary>The text; lines end with LF.</summary>
    public static string Plain(string html, int most)
    {
        var plain = new HtmlText();
        var tokenizer = new HtmlTokenizer(new StringReader(html)) { DecodeCharacterReferences = true };
        while (plain._text.Length <= most && tokenizer.ReadNextToken(out var token))
            plain.Add(token);
        return plain._text.ToString().Trim('\n', ' ');
    }

    private void Add(HtmlToken token)
    {
        switch (token)
        {
            case HtmlTagToken tag:
                Add(tag);
                break;
            case HtmlDataToken data when _silent == 0 && token.Kind == HtmlTokenKind.Data:
                AddText(data.Data);
                break;
        }
    }

    private void Add(HtmlTagToken tag)
    {
        if (Silent.Contains(tag.Id))
        {
            if (!tag.IsEmptyElement)
                _silent = Math.Max(0, _silent + (tag.IsEndTag ? -1 : 1));
            return;
        }
        // A body ends what was forgotten to be ended.
        if (tag.Id == HtmlTagId.Body)
            _silent = 0;
        if (_silent > 0)
            return;
        if (tag.Id == HtmlTagId.Pre)
            _pre = Math.Max(0, _pre + (tag.IsEndTag ? -1 : 1));
        if (tag.Id == HtmlTagId.Br)
            WantLines(_wantedLines + 1);
        else if (Paragraphs.Contains(tag.Id))
            WantLines(2);
        else if (Blocks.Contains(tag.Id) || tag.Id == HtmlTagId.HR)
            WantLines(1);
        switch (tag.Id)
        {
            case HtmlTagId.LI when !tag.IsEndTag:
                Begin();
                _text.Append("- ");
                break;
            case HtmlTagId.TD or HtmlTagId.TH when !tag.IsEndTag:
                _isBlankWanted = _wantedLines == 0;
                break;
            case HtmlTagId.Image when Attribute(tag, HtmlAttributeId.Alt) is { Length: > 0 } alt:
                AddText(alt);
                break;
            case HtmlTagId.A:
                AddLink(tag);
                break;
        }
    }

    private void AddLink(HtmlTagToken tag)
    {
        if (_link is var (href, start) && start <= _text.Length)
        {
            var shown = _text.ToString(start, _text.Length - start).Trim();
            if (shown.Length > 0 && !href.Contains(shown, StringComparison.OrdinalIgnoreCase))
                AddText($" ({href})");
        }
        _link = !tag.IsEndTag && Attribute(tag, HtmlAttributeId.Href) is { } target
            && Uri.TryCreate(target.Trim(), UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? (target.Trim(), _text.Length)
            : null;
    }

    private static string? Attribute(HtmlTagToken tag, HtmlAttributeId id) => tag.Attributes.FirstOrDefault(each => each.Id == id)?.Value;

    private void WantLines(int lines) => _wantedLines = Math.Max(_wantedLines, Math.Min(lines, 2));

    private void AddText(string data)
    {
        foreach (var c in data)
        {
            if (_pre == 0 && c is ' ' or '\t' or '\n' or '\r' or '\f')
            {
                _isBlankWanted = true;
                continue;
            }
            // Marks that only help layout.
            if (c is '\u00ad' or '\u200b' or '\ufeff' or '\u034f')
                continue;
            Begin();
            _text.Append(c == '\u00a0' ? ' ' : c);
        }
    }

    // Blanks and lines that are wanted come before what follows them, if anything does.
    private void Begin()
    {
        if (_text.Length > 0 && _wantedLines > 0)
            _text.Append('\n', _wantedLines);
        else if (_text.Length > 0 && _isBlankWanted && _text[^1] is not (' ' or '\n'))
            _text.Append(' ');
        (_wantedLines, _isBlankWanted) = (0, false);
    }
}
