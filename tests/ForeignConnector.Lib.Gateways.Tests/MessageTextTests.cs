using System.IO.Abstractions;
using System.Text;
using ForeignConnector.Lib.Gateways.Texts;
using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Gateways.Tests;

/// <summary>PX-3.</summary>
public class MessageTextTests
{
    [Theory(DisplayName = "PX-3: the text of many shapes of messages")]
    [InlineData("Subject: s\n\nplain\nlines\n", "plain\nlines")]
    [InlineData("Subject: s\n\n", "")]
    [InlineData("", "")]
    [InlineData("Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nK=E4se =80\n", "K\u00e4se \u20ac")]
    [InlineData("Content-Type: text/plain; charset=koi8-r\nContent-Transfer-Encoding: base64\n\n0NLJ18XU\n", "\u043f\u0440\u0438\u0432\u0435\u0442")]
    [InlineData("Content-Type: text/plain; charset=gb18030\nContent-Transfer-Encoding: base64\n\nxOO6ww==\n", "\u4f60\u597d")]
    [InlineData("Content-Type: text/plain; charset=shift_jis\nContent-Transfer-Encoding: base64\n\ng2WDWINn\n", "\u30c6\u30b9\u30c8")]
    [InlineData("Content-Type: text/plain; charset=no-such\nContent-Transfer-Encoding: 8bit\n\nK\u00e4se\n", "K\u00e4se")]
    [InlineData("Content-Type: text/plain; charset=us-ascii\nContent-Transfer-Encoding: 8bit\n\nK\u00e4se\n", "K\u00e4se")]
    [InlineData("Content-Type: text/plain; charset=utf-16\nContent-Transfer-Encoding: base64\n\n//5LAOQA\n", "K\u00e4")]
    [InlineData("Content-Type: text/plain; format=flowed\n\nOne paragraph \nof two lines.\nAnother. \n\n-- \nSignature \nstays\n", "One paragraph of two lines.\nAnother. \n-- \nSignature stays")]
    [InlineData("Content-Type: text/plain; format=flowed; delsp=yes\n\nto \ngether\n", "together")]
    [InlineData("Content-Type: text/plain; format=flowed\n\n> quoted \n> text\nown \n>> deep\n From stuffed\n", "> quoted text\nown \n>> deep\nFrom stuffed")]
    [InlineData("Content-Type: text/html\n\n<p>Hello&nbsp;<b>you</b></p><ul><li>one<li>two</ul><script>x()</script><style>p{}</style>", "Hello you\n\n- one\n- two")]
    [InlineData("Content-Type: text/html\n\n<head><title>t</title></head><body>a<br>b<br><br>c <a href='https://x.test/1'>link</a> <a href='https://x.test'>x.test</a></body>", "a\nb\n\nc link (https://x.test/1) x.test")]
    [InlineData("Content-Type: text/html\n\n<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table><pre>a  b\nc</pre>&lt;&euro;&#x2603;", "1 2\n3\n\na  b\nc\n\n<\u20ac\u2603")]
    [InlineData("Content-Type: text/html\n\n<div><div><p>unclosed <i>tags <img alt='Logo' src=x>", "unclosed tags Logo")]
    public void Reads_texts(string message, string text)
    {
        using var read = Read(message);

        Assert.Equal((text, false), (read.Text, read.IsCut));
        Assert.Empty(read.Attachments);
    }

    [Theory(DisplayName = "PX-3: the best of alternatives, parts one after the other, the rest as attachments")]
    [InlineData("mixed(alternative(plain,html),pdf)", "plain", "a.pdf")]
    [InlineData("alternative(html,plain)", "plain", "")]
    [InlineData("alternative(blank,html)", "html", "")]
    [InlineData("alternative(blank,related(html,png))", "html", "i.png")]
    [InlineData("related(html,png)", "html", "i.png")]
    [InlineData("mixed(plain,pdf,plain)", "plain\n\nplain", "a.pdf")]
    [InlineData("mixed(pdf)", "", "a.pdf")]
    [InlineData("signed(plain,sig)", "plain", "s.asc")]
    [InlineData("mixed(plain,attached)", "plain", "n.txt")]
    [InlineData("mixed(plain,message)", "plain", "attachment-1.eml")]
    [InlineData("mixed(plain,pdf,pdf)", "plain", "a.pdf a-2.pdf")]
    [InlineData("mixed(calendar,plain)", "plain", "attachment-1.ics")]
    [InlineData("mixed(mixed(mixed(plain)))", "plain", "")]
    public void Reads_shapes(string shape, string text, string attachments)
    {
        using var read = Read(Shape(shape));

        Assert.Equal((text, attachments), (read.Text, string.Join(' ', read.Attachments.Select(each => each.Name))));
    }

    [Fact(DisplayName = "PX-3: a long text is cut, and says so")]
    public void Cuts()
    {
        using var read = Read("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n" + string.Concat(Enumerable.Repeat("\ud83d\ude00", 10_000)), 160);

        Assert.True(read.IsCut);
        Assert.InRange(read.Text.Length, 150, 160);
        Assert.EndsWith(MessageText.CutNote, read.Text, StringComparison.Ordinal);
        Assert.False(char.IsHighSurrogate(read.Text[^(MessageText.CutNote.Length + 1)]));
    }

    [Fact(DisplayName = "PX-3: a text of 50 MB, one of HTML without end and nesting of 1000 levels take little memory and time")]
    public void Is_bounded()
    {
        using var text = Read("Subject: s\n\n" + new string('x', 50_000_000), 1000);
        using var html = Read("Content-Type: text/html\n\n" + string.Concat(Enumerable.Repeat("<div>a", 1_000_000)), 1000);
        using var nested = Read(string.Concat(Enumerable.Range(0, 1000).Select(i => $"Content-Type: multipart/mixed; boundary=b{i}\n\n--b{i}\n")) + "\nx\n");

        Assert.Equal((1000, true), (text.Text.Length, text.IsCut));
        Assert.InRange(html.Text.Length, 900, 1000);
        Assert.Empty(nested.Attachments);
    }

    [Theory(DisplayName = "PX-3: attachments get safe names")]
    [InlineData("../../etc/passwd", "passwd")]
    [InlineData("C:\\\\windows\\\\x.exe", "x.exe")]
    [InlineData(".bashrc", "bashrc")]
    [InlineData("-rf", "rf")]
    [InlineData("con.txt", "_con.txt")]
    [InlineData("a?b*c|d.pdf", "a_b_c_d.pdf")]
    [InlineData("$(x).pdf", "_(x).pdf")]
    [InlineData("x. . .", "x")]
    [InlineData("..", "attachment-1.pdf")]
    [InlineData("/", "attachment-1.pdf")]
    [InlineData("gr\u00fc\u00dfe.pdf", "gr\u00fc\u00dfe.pdf")]
    [InlineData("exe\u202efdp.pdf", "exefdp.pdf")]
    public void Names_attachments(string name, string safe)
    {
        using var read = Read($"Content-Type: application/pdf\nContent-Disposition: attachment; filename=\"{name}\"\n\nx\n");

        Assert.Equal(safe, Assert.Single(read.Attachments).Name);
    }

    [Fact(DisplayName = "PX-3: a long name keeps its extension")]
    public void Shortens_names() => Assert.Equal(
        (100, true), (SafeNames.Safe(new string('x', 1000) + ".pdf").Length, SafeNames.Safe(new string('\u20ac', 1000) + ".pdf").EndsWith("\u20ac.pdf", StringComparison.Ordinal)));

    [Fact(DisplayName = "PX-3: attachments are files, decoded")]
    public async Task Saves_attachments()
    {
        using var directory = new TempDirectory();
        using var read = Read("Content-Type: multipart/mixed; boundary=b\n\n--b\n\ntext\n--b\nContent-Type: application/octet-stream; name=a.bin\nContent-Transfer-Encoding: base64\n\nAAEC\n"
            + "--b\nContent-Type: message/rfc822\n\nSubject: inner\n\nx\n--b--\n");

        var paths = await read.SaveAttachmentsAsync(new FileSystem(), directory.Path);

        Assert.Equal([directory["a.bin"], directory["attachment-2.eml"]], paths);
        Assert.Equal([0, 1, 2], await File.ReadAllBytesAsync(paths[0]));
        Assert.StartsWith("Subject: inner", await File.ReadAllTextAsync(paths[1]), StringComparison.Ordinal);
        await Assert.ThrowsAsync<IOException>(() => read.SaveAttachmentsAsync(new FileSystem(), directory.Path));
    }

    [Fact(DisplayName = "PX-3: the subject is decoded, on one line")]
    public void Reads_the_subject()
    {
        using var read = Read("Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe=0D=0ABcc:_x?=\n folded\n\n");

        Assert.Equal("Gr\u00fc\u00dfeBcc: x folded", read.Subject);
    }

    private static MessageText Read(string message, int maxLength = MessageText.DefaultMaxLength) =>
        MessageText.Read(MessageContent.FromOctets(Encoding.UTF8.GetBytes(message)), maxLength);

    private static string Shape(string shape)
    {
        var open = shape.IndexOf('(', StringComparison.Ordinal);
        if (open < 0)
        {
            return shape switch
            {
                "plain" => "Content-Type: text/plain\n\nplain",
                "blank" => "Content-Type: text/plain\n\n  ",
                "html" => "Content-Type: text/html\n\n<p>html</p>",
                "pdf" => "Content-Type: application/pdf; name=a.pdf\n\nx",
                "png" => "Content-Type: image/png; name=i.png\nContent-ID: <i>\n\nx",
                "sig" => "Content-Type: application/pgp-signature; name=s.asc\n\nx",
                "attached" => "Content-Type: text/plain\nContent-Disposition: attachment; filename=n.txt\n\nnote",
                "calendar" => "Content-Type: text/calendar\n\nBEGIN:VCALENDAR",
                _ => "Content-Type: message/rfc822\n\nSubject: inner\n\ninner text",
            };
        }
        var boundary = $"b{shape.Length}";
        var parts = new List<string>();
        var (depth, start) = (0, open + 1);
        for (var i = open + 1; i < shape.Length; i++)
        {
            depth += shape[i] == '(' ? 1 : shape[i] == ')' ? -1 : 0;
            if ((shape[i] == ',' && depth == 0) || depth < 0)
            {
                parts.Add(shape[start..i]);
                start = i + 1;
            }
        }
        return $"Content-Type: multipart/{shape[..open]}; boundary={boundary}\n\n"
            + string.Concat(parts.Select(part => $"--{boundary}\n{Shape(part)}\n")) + $"--{boundary}--\n";
    }
}
