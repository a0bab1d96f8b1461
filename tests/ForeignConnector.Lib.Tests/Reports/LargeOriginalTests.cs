using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Octets;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Reports;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace ForeignConnector.Lib.Tests.Reports;

public class LargeOriginalTests
{
    private const long Large = 200 << 20;

    [Fact(DisplayName = "ND-2: an original of 200 MB goes through a report, not into memory")]
    public async Task Memory_does_not_grow_with_the_original()
    {
        var intake = new CountingIntake();
        var options = new ReportOptions { ServerName = "hub01", DefaultDomain = "contoso.com", PostmasterAddress = "postmaster@contoso.com", MaxMessageAttachSize = ByteSize.Unlimited };
        var reports = new SenderReports(
            intake, new SubmissionIdSource(new FakeTimeProvider(), new Random(1)), options, new ReportTexts(), MessageTrails.None, new FakeLogger<SenderReports>());
        using var content = new LineContent(Large);
        var report = ReportBench.FaxFailed("") with { Content = content };
        var before = GC.GetAllocatedBytesForCurrentThread();

        var reporting = reports.ReportAsync(report, CancellationToken.None).AsTask();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        // All of it happened here: other threads have counters of their own.
        Assert.True(reporting.IsCompletedSuccessfully);
        Assert.Equal(SenderReportResult.Accepted, await reporting);
        Assert.InRange(allocated, 0, 2 << 20);
        Assert.InRange(intake.Read, Large, Large + 4096);
        Assert.Equal(intake.Claimed, intake.Read);
    }

    /// <summary>Reads what it gets and keeps nothing.</summary>
    private sealed class CountingIntake : IMailIntake
    {
        public long Read { get; private set; }

        public long Claimed { get; private set; }

        public ValueTask<AcceptResult> AcceptAsync(MailItem item, CancellationToken cancellationToken)
        {
            Claimed = item.Content.Length;
            using var stream = item.Content.OpenRead();
            var block = new byte[64 << 10];
            int read;
            while ((read = stream.Read(block)) > 0)
                Read += read;
            return new ValueTask<AcceptResult>(AcceptResult.Complete);
        }
    }

    /// <summary>A message of lines that exist only while they are read.</summary>
    private sealed class LineContent(long length) : MessageContent
    {
        public override long Length => length;

        public override Stream OpenRead() => new Lines(length);

        private sealed class Lines(long length) : ForwardStream
        {
            private static readonly byte[] Line = "Subject: the same line over and over, which is a field first and text later\r\n"u8.ToArray();

            private long _position;

            public override int Read(Span<byte> buffer)
            {
                // One field, a blank line, then text.
                if (_position == Line.Length && buffer.Length > 1)
                {
                    "\r\n"u8.CopyTo(buffer);
                    _position += 2;
                    return 2;
                }
                var count = (int)Math.Min(Math.Min(buffer.Length, Line.Length), length - _position);
                Line.AsSpan(0, count).CopyTo(buffer);
                _position += count;
                return count;
            }
        }
    }
}
