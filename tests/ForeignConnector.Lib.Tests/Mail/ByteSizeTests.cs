using CsCheck;
using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Tests.Mail;

public class ByteSizeTests
{
    [Theory(DisplayName = "DR-6: a size is a whole number with B, KB, MB, GB or TB, where 1 KB = 1024 B")]
    [InlineData("0", 0)]
    [InlineData("1048576", 1048576)]
    [InlineData("7B", 7)]
    [InlineData("64KB", 65536)]
    [InlineData("64 kb", 65536)]
    [InlineData("  10Mb\t", 10485760)]
    [InlineData("1GB", 1073741824)]
    [InlineData("2tb", 2199023255552)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("8388607TB", 8388607L << 40)]
    public void Reads_a_number_with_its_unit(string text, long octets)
    {
        var size = ByteSize.Parse(text);

        Assert.Equal(octets, size.Octets);
        Assert.False(size.IsUnlimited);
    }

    [Theory(DisplayName = "DR-6: 'unlimited' is larger than every number")]
    [InlineData("unlimited")]
    [InlineData(" Unlimited ")]
    [InlineData("UNLIMITED")]
    public void Reads_no_limit(string text)
    {
        var size = ByteSize.Parse(text);

        Assert.Equal(ByteSize.Unlimited, size);
        Assert.True(size.IsUnlimited);
        Assert.True(size > ByteSize.FromOctets(long.MaxValue));
        Assert.NotEqual(ByteSize.FromOctets(long.MaxValue), size);
    }

    [Theory(DisplayName = "DR-6: text that is not a size, or more than can be counted, is refused")]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("KB")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1.5GB")]
    [InlineData("1,000")]
    [InlineData("1 0KB")]
    [InlineData("10KiB")]
    [InlineData("10K")]
    [InlineData("10 PB")]
    [InlineData("10MB.")]
    [InlineData("0x10")]
    [InlineData("\u0661KB")]
    [InlineData("no limit")]
    [InlineData("9223372036854775808")]
    [InlineData("8388608TB")]
    [InlineData("9007199254740992KB")]
    public void Refuses(string text)
    {
        Assert.False(ByteSize.TryParse(text, out _));
        Assert.Contains($"'{text}'", Assert.Throws<FormatException>(() => ByteSize.Parse(text)).Message, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "DR-6: nothing is not a size")]
    public void Refuses_null() => Assert.False(ByteSize.TryParse(null, out _));

    [Theory(DisplayName = "DR-6: a size prints in the largest unit that leaves a whole number")]
    [InlineData(0, "0B")]
    [InlineData(1, "1B")]
    [InlineData(1023, "1023B")]
    [InlineData(1024, "1KB")]
    [InlineData(1536, "1536B")]
    [InlineData(10485760, "10MB")]
    [InlineData(1L << 40, "1TB")]
    [InlineData(1L << 50, "1024TB")]
    public void Prints(long octets, string text) => Assert.Equal(text, ByteSize.FromOctets(octets).ToString());

    [Fact(DisplayName = "DR-6: what is printed reads back to the same size")]
    public void Prints_what_it_reads()
    {
        Gen.Select(Gen.Long[0, 1 << 20], Gen.Int[0, 40])
            .Select((count, shift) => ByteSize.FromOctets(count << shift))
            .Sample(size => ByteSize.Parse(size.ToString()) == size);
        Assert.Equal(ByteSize.Unlimited, ByteSize.Parse(ByteSize.Unlimited.ToString()));
    }

    [Fact(DisplayName = "DR-6: sizes sort by their octets, no limit last")]
    public void Sorts()
    {
        ByteSize[] sorted = [default, ByteSize.FromOctets(1), ByteSize.FromKilobytes(1), ByteSize.FromMegabytes(1), ByteSize.FromOctets(long.MaxValue), ByteSize.Unlimited];

        Assert.Equal(sorted, sorted.Reverse().Order());
        Assert.True(sorted[1] < sorted[2] && sorted[2] >= sorted[1] && sorted[1] <= sorted[2] && !(sorted[1] > sorted[2]));
    }

    [Fact(DisplayName = "DR-6: a number of octets is not negative and does not overflow")]
    public void Takes_no_negative_number_and_no_overflow()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ByteSize.FromOctets(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ByteSize.FromKilobytes(-1));
        Assert.Throws<OverflowException>(() => ByteSize.FromKilobytes(long.MaxValue / 1024 + 1));
        Assert.Throws<OverflowException>(() => ByteSize.FromMegabytes(1L << 44));
    }
}
