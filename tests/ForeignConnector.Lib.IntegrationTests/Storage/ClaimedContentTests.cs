using System.IO.Abstractions;
using System.Text;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Headers;
using ForeignConnector.Lib.Mail.Octets;
using ForeignConnector.Lib.Storage.Claims;
using ForeignConnector.Lib.Storage.Platform;

namespace ForeignConnector.Lib.IntegrationTests.Storage;

public sealed class ClaimedContentTests : IDisposable
{
    private const string Header = "Subject: x\r\n\r\n";

    private readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory(DisplayName = "PU-12: the body of a claimed file comes through the line ends, however it is read, and is as long as it said")]
    [InlineData(false, "a\r\nb\r\n", "a\r\nb\r\n")]
    [InlineData(false, "a\nb\n", "a\r\nb\r\n")]
    [InlineData(false, "..a\r\n", "..a\r\n")]
    [InlineData(true, "..a\r\n", ".a\r\n")]
    [InlineData(true, "a\r\n.", "a\r\n.")]
    // A CR more and a dot less: as long as before, and not the same.
    [InlineData(true, "a\n..b\r\n", "a\r\n.b\r\n")]
    [InlineData(true, "", "")]
    public void Reads_the_body(bool unstuff, string body, string expected)
    {
        File.WriteAllText(_temp["a.eml"], body);
        PlatformFiles.For(new FileSystem()).OpenExclusive(_temp["a.eml"], out var file);
        using (file)
        {
            using var content = ClaimedContent.Measure(Encoding.ASCII.GetBytes(Header), file!, bodyOffset: 0, new LineEnds(normalize: true, unstuff), Cleanness.Unknown, CancellationToken.None);

            Assert.Equal(Header.Length + expected.Length, content.Length);
            foreach (var size in (int[])[1, 2, 3, 1000])
                Assert.Equal(Header + expected, Read(content, size));
        }
    }

    [Theory(DisplayName = "PU-2: a body that its writer changes after the claim is no message: it is not read to its end")]
    [InlineData("truncate -s 40 {0}", true)]
    [InlineData("truncate -s 40 {0}", false)]
    [InlineData("truncate -s 0 {0}", true)]
    [InlineData("truncate -s 0 {0}", false)]
    [InlineData("printf more >> {0}", true)]
    [InlineData("printf more >> {0}", false)]
    [InlineData("printf X | dd of={0} bs=1 seek=10 conv=notrunc status=none", true)]
    [InlineData("printf X | dd of={0} bs=1 seek=10 conv=notrunc status=none", false)]
    public void Does_not_end_what_was_changed(string command, bool normalize)
    {
        if (OperatingSystem.IsWindows())
            return;
        var path = _temp["a.eml"];
        File.WriteAllText(path, string.Concat(Enumerable.Repeat("0123456789abcdef\r\n", 20_000)));
        PlatformFiles.For(new FileSystem()).OpenExclusive(path, out var file);
        using (file)
        {
            using var content = ClaimedContent.Measure(Encoding.ASCII.GetBytes(Header), file!, bodyOffset: 0, new LineEnds(normalize), Cleanness.Unknown, CancellationToken.None);
            ClaimedContent.ThrowIfChanged(file!);
            using var begun = content.OpenRead();
            begun.ReadExactly(new byte[100]);

            Assert.True(Hosts.Unix.TryRun("sh", "-c", command.Replace("{0}", path, StringComparison.Ordinal)));

            Assert.Throws<FileChangedException>(() => begun.CopyTo(Stream.Null));
            Assert.Throws<FileChangedException>(() => Read(content, 4096));
            Assert.Throws<FileChangedException>(() => ClaimedContent.ThrowIfChanged(file!));
            Assert.Throws<FileChangedException>(() => ClaimedContent.Measure(default, file!, 0, new LineEnds(normalize: true), Cleanness.Unknown, CancellationToken.None));
        }
    }

    private static string Read(MessageContent content, int size)
    {
        using var stream = content.OpenRead();
        var text = new StringBuilder();
        var buffer = new byte[size];
        int read;
        while ((read = stream.Read(buffer)) > 0)
            text.Append(Encoding.ASCII.GetString(buffer, 0, read));
        return text.ToString();
    }
}
