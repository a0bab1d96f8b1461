using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Delivery.Drop;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Octets;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Tests.Mail;

namespace ForeignConnector.Lib.Tests.Delivery.Drop;

public class DropDirectoryConnectorTests
{
    private const string Delivered = "2.0.0";
    private const string Unavailable = "4.3.2";

    [Fact(DisplayName = "DR-2: while the directory is missing messages are deferred, that is logged once, and delivery goes on when somebody creates it")]
    public async Task Defers_while_the_directory_is_missing()
    {
        var bench = new DropBench(exists: false);

        Assert.Equal([Unavailable, Unavailable], [await bench.DeliverAsync("a"), await bench.DeliverAsync("b")]);
        Assert.Equal(["Connector Fax: the Drop directory does not exist; messages are deferred"], bench.Logged);

        bench.Files.AddDirectory(DropBench.Directory);
        Assert.Equal([Delivered, Delivered], [await bench.DeliverAsync("a"), await bench.DeliverAsync("b")]);
        Assert.Equal("Connector Fax: the Drop directory takes messages again", bench.Logged[^1]);
        Assert.Equal(2, bench.Logged.Length);
        Assert.Equal(["a.eml", "b.eml"], bench.Names);
    }

    [Fact(DisplayName = "DR-2: each outage is logged, not only the first")]
    public async Task Logs_each_outage()
    {
        var bench = new DropBench();
        for (var outage = 0; outage < 2; outage++)
        {
            Assert.Equal(Delivered, await bench.DeliverAsync($"{outage}"));
            bench.Files.Directory.Delete(DropBench.Directory, recursive: true);
            Assert.Equal(Unavailable, await bench.DeliverAsync("a"));
            bench.Files.AddDirectory(DropBench.Directory);
        }

        Assert.Equal(2, bench.Logged.Count(message => message.EndsWith("messages are deferred", StringComparison.Ordinal)));
    }

    [Fact(DisplayName = "DR-2: an option creates the directory, also when somebody removes it later")]
    public async Task Creates_the_directory_when_told_to()
    {
        var bench = new DropBench(exists: false);
        bench.Options.CreateDropDirectory = true;

        Assert.Equal(Delivered, await bench.DeliverAsync("a"));
        bench.Files.Directory.Delete(DropBench.Directory, recursive: true);
        Assert.Equal(Delivered, await bench.DeliverAsync("b"));

        Assert.Equal(["b.eml"], bench.Names);
        Assert.Empty(bench.Logged);
    }

    [Fact(DisplayName = "DR-3: one file for a message, with the envelope block of just the recipients that were routed here")]
    public async Task Writes_one_file_for_all_recipients()
    {
        var bench = new DropBench();
        var envelope = new MailEnvelope("bob@fabrikam.com", [new("IMCEAFAX-1@contoso.com"), new("IMCEAFAX-2@contoso.com")]) { CreatedBy = "Test" };

        var report = await bench.DeliverAsync("a", envelope, DropBench.Message);

        Assert.Equal(envelope.Recipients, report.Outcomes.Select(outcome => outcome.Recipient));
        Assert.Equal(["a.eml"], bench.Names);
        Assert.Equal(EnvelopeBlockText.Write(envelope) + DropBench.Message, bench.Read("a.eml"));
    }

    [Fact(DisplayName = "EN-9: a message that came without X-CreatedBy gets the connector's")]
    public async Task Stamps_the_creator()
    {
        var bench = new DropBench();
        bench.Options.CreatedBy = "Contoso Relay";

        await bench.DeliverAsync("a");

        Assert.Contains("\r\nX-CreatedBy: Contoso Relay\r\n", bench.Read("a.eml"), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "DR-4: the file's octets are the message's, but for Bcc, the header firewall and line ends")]
    public async Task Keeps_the_octets()
    {
        var bench = new DropBench();

        await bench.DeliverAsync("a", "DKIM-Signature: a;\r\n\tb\r\nBcc: x@y.test\r\nX-MS-Exchange-Organization-SCL: 1\n\n\u00fc\0body\r\n");

        Assert.EndsWith("\r\nDKIM-Signature: a;\r\n\tb\r\n\r\n\u00fc\0body\r\n", bench.Read("a.eml"), StringComparison.Ordinal);
        Assert.DoesNotContain("Bcc", bench.Read("a.eml"), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "DR-5: a file has the delivery's name and .eml, so that names sort in the order of acceptance; a repeated delivery changes nothing")]
    public async Task Names_the_file_after_the_delivery()
    {
        var bench = new DropBench();

        Assert.Equal(Delivered, await bench.DeliverAsync("20260131T235958.765-b"));
        Assert.Equal(Delivered, await bench.DeliverAsync("20260131T235958.765-b"));

        Assert.Equal(["20260131T235958.765-b.eml"], bench.Names);
        Assert.EndsWith(DropBench.Message, bench.Read("20260131T235958.765-b.eml"), StringComparison.Ordinal);
        Assert.Empty(bench.Logged);
    }

    [Theory(DisplayName = "SE-3: a file with the name of a message and other octets is somebody else's: it stays, the message gets a name that sorts at the same place, and the log says so once")]
    [InlineData("")]
    [InlineData("somebody else's")]
    public async Task A_taken_name_is_no_delivery(string octets)
    {
        var bench = new DropBench();
        bench.Files.AddFile(DropBench.Directory + "/b.eml", new System.IO.Abstractions.TestingHelpers.MockFileData(octets));

        Assert.Equal([Delivered, Delivered, Delivered], [await bench.DeliverAsync("a"), await bench.DeliverAsync("b"), await bench.DeliverAsync("c")]);

        Assert.Equal(["a.eml", "b-2.eml", "b.eml", "c.eml"], bench.Names);
        Assert.Equal(octets, bench.Read("b.eml"));
        Assert.EndsWith(DropBench.Message, bench.Read("b-2.eml"), StringComparison.Ordinal);
        Assert.Equal(["Connector Fax: something else in the Drop directory has the name b.eml; the message gets another one"], bench.Logged);
    }

    [Fact(DisplayName = "SE-3: the name beside one that is taken is found again by the next attempt")]
    public async Task The_second_name_is_found_again()
    {
        var bench = new DropBench();
        bench.Put("a.eml", 1);

        Assert.Equal([Delivered, Delivered], [await bench.DeliverAsync("a"), await bench.DeliverAsync("a")]);

        Assert.Equal(["a-2.eml", "a.eml"], bench.Names);
    }

    [Theory(DisplayName = "SE-3: when something else has every name of a message, that message is deferred for its own sake, with the names; others are delivered, and the directory is not out")]
    [InlineData(9, false)]
    [InlineData(9, true)]
    [InlineData(19, false)]
    public async Task All_names_are_taken(int files, bool hasQuota)
    {
        var bench = new DropBench();
        if (hasQuota)
            bench.Options.DropDirectoryQuota = ByteSize.Parse("1MB");
        Occupy(bench, "a", files);

        var outcome = Assert.Single((await bench.DeliverAsync("a", DropBench.Message, ["IMCEAFAX-1@contoso.com"])).Outcomes);

        Assert.Equal((RecipientAction.Deferred, "4.2.0"), (outcome.Action, outcome.Status.ToString()));
        Assert.Equal("Files of others have the names that the message may get in the recipient's directory. They are a.eml to a-9.eml.", outcome.Text);
        Assert.Equal(files, bench.Names.Length);
        Assert.False(bench.Connector.IsOut);
        Assert.Equal(["Connector Fax: something else in the Drop directory has each name from a.eml to a-9.eml; message a is deferred"], bench.Logged);

        Assert.Equal(Delivered, await bench.DeliverAsync("b"));
        bench.Take("a-4.eml");
        Assert.Equal(Delivered, await bench.DeliverAsync("a"));
        Assert.EndsWith(DropBench.Message, bench.Read("a-4.eml"), StringComparison.Ordinal);
    }

    [Theory(DisplayName = "DR-5: the sweep of a Drop directory in memory, where files have no owners, goes by the name")]
    [InlineData("a.eml.0123456789abcdef.tmp", false)]
    [InlineData(".fedcba9876543210.tmp", false)]
    [InlineData("a.eml.0123456789ABCDEF.tmp", true)]
    [InlineData("0123456789abcdef.tmp", true)]
    [InlineData("gateway.tmp", true)]
    public async Task Sweeps_by_name(string name, bool stays)
    {
        var bench = new DropBench();
        bench.Put(name, 1);

        Assert.Equal(Delivered, await bench.DeliverAsync("b"));

        Assert.Equal(stays, bench.Names.Contains(name));
    }

    private static void Occupy(DropBench bench, string id, int files)
    {
        bench.Put(id + ".eml", 1);
        for (var i = 2; i <= files; i++)
            bench.Put($"{id}-{i}.eml", 1);
    }

    [Theory(DisplayName = "DR-2: a message that cannot be read is deferred, and not told as a fault of the Drop directory; once per outage")]
    [InlineData("at once")]
    [InlineData("at the first octet")]
    [InlineData("in the header")]
    [InlineData("in the body")]
    public async Task An_unreadable_message_is_told_as_that(string when)
    {
        var bench = new DropBench();

        var report = await bench.Connector.DeliverAsync(Unreadable(when), CancellationToken.None);
        await bench.Connector.DeliverAsync(Unreadable(when), CancellationToken.None);

        Assert.Equal("4.3.0", Assert.Single(report.Outcomes).Status.ToString());
        Assert.Equal(["Connector Fax: message a cannot be read; it is deferred"], bench.Logged);
        Assert.Empty(bench.Names);

        Assert.Equal(Delivered, await bench.DeliverAsync("b"));
        await bench.Connector.DeliverAsync(Unreadable(when), CancellationToken.None);
        Assert.Equal(2, bench.Logged.Length);
    }

    [Theory(DisplayName = "DR-7: MaxMessageSize counts the message, not the X-headers; one octet more fails")]
    [InlineData(0, "2.0.0")]
    [InlineData(-1, "5.3.4")]
    public async Task Refuses_what_is_too_big(int room, string expected)
    {
        var bench = new DropBench();
        bench.Options.MaxMessageSize = ByteSize.FromOctets(DropBench.Message.Length + room);

        Assert.Equal(expected, await bench.DeliverAsync("a"));
        Assert.Equal(expected == Delivered ? 1 : 0, bench.Names.Length);
    }

    [Theory(DisplayName = "DR-8: success is 'relayed' when a report about it is required")]
    [InlineData(false, RecipientAction.Delivered)]
    [InlineData(true, RecipientAction.Relayed)]
    public async Task Reports_success(bool required, RecipientAction expected)
    {
        var bench = new DropBench();
        bench.Options.RelayDsnRequired = required;

        var report = await bench.DeliverAsync("a", DropBench.Message, "one@contoso.com", "two@contoso.com");

        Assert.Equal([expected, expected], report.Outcomes.Select(outcome => outcome.Action));
    }

    [Theory(DisplayName = "ND-6: who asked to be told of success is told that it was relayed, whatever RelayDsnRequired says; the null sender asks for nothing")]
    [InlineData(false, "bob@fabrikam.com", DsnNotify.Success, RecipientAction.Relayed)]
    [InlineData(true, "bob@fabrikam.com", DsnNotify.Success, RecipientAction.Relayed)]
    [InlineData(false, "bob@fabrikam.com", DsnNotify.Success | DsnNotify.Failure, RecipientAction.Relayed)]
    [InlineData(false, "bob@fabrikam.com", DsnNotify.Failure, RecipientAction.Delivered)]
    [InlineData(false, "bob@fabrikam.com", DsnNotify.Never, RecipientAction.Delivered)]
    [InlineData(false, "", DsnNotify.Success, RecipientAction.Delivered)]
    public async Task Reports_success_to_who_asked(bool required, string sender, DsnNotify notify, RecipientAction expected)
    {
        var bench = new DropBench();
        bench.Options.RelayDsnRequired = required;
        var envelope = new MailEnvelope(sender, [new("one@contoso.com") { Notify = notify }, new("two@contoso.com")]);

        var report = await bench.DeliverAsync("a", envelope, DropBench.Message);

        Assert.Equal([expected, required ? RecipientAction.Relayed : RecipientAction.Delivered], report.Outcomes.Select(outcome => outcome.Action));
    }

    [Theory(DisplayName = "DR-9: deliveries run side by side where they share flushes or need none")]
    [InlineData(Durability.Grouped, 64)]
    [InlineData(Durability.None, 64)]
    [InlineData(Durability.PerMessage, 1)]
    public void Concurrency_follows_durability(Durability durability, int expected)
    {
        var bench = new DropBench();
        bench.Options.Durability = durability;

        Assert.Equal(expected, bench.Connector.MaxConcurrentDeliveries);
    }

    [Theory(DisplayName = "DR-9: every durability works on a file system that is not the system's own")]
    [InlineData(Durability.Grouped)]
    [InlineData(Durability.None)]
    [InlineData(Durability.PerMessage)]
    public async Task Every_durability_delivers(Durability durability)
    {
        var bench = new DropBench();
        bench.Options.Durability = durability;

        var statuses = await Task.WhenAll(Enumerable.Range(10, 50).Select(i => Task.Run(() => bench.DeliverAsync($"{i}"))));

        Assert.All(statuses, status => Assert.Equal(Delivered, status));
        Assert.Equal(Enumerable.Range(10, 50).Select(i => $"{i}.eml"), bench.Names);
    }

    private static DeliveryRequest Unreadable(string when) =>
        new("a", new MailEnvelope("bob@fabrikam.com", [new("IMCEAFAX-1@contoso.com")]), new UnreadableContent(when switch
        {
            "at once" => null,
            "at the first octet" => "",
            "in the header" => "Subject: one\r\nX-Two: ",
            _ => "Subject: one\r\n\r\nbody",
        }));

    /// <summary>A message on a disk that fails behind some octets; null is when it is opened.</summary>
    private sealed class UnreadableContent(string? readable) : MessageContent
    {
        public override long Length => 100;

        public override Stream OpenRead() => readable is null ? throw new UnauthorizedAccessException() : new FailingStream(System.Text.Encoding.ASCII.GetBytes(readable));

        private sealed class FailingStream(byte[] readable) : ForwardStream
        {
            private int _read;

            public override int Read(Span<byte> buffer)
            {
                if (_read == readable.Length)
                    throw new IOException("EIO");
                var count = Math.Min(buffer.Length, readable.Length - _read);
                readable.AsSpan(_read, count).CopyTo(buffer);
                _read += count;
                return count;
            }
        }
    }
}
