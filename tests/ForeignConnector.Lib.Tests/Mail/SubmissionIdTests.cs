using CsCheck;
using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Tests.Mail;

public class SubmissionIdTests
{
    private static readonly Gen<SubmissionId> Ids = Gen.Select(
        Gen.Long[0, DateTime.MaxValue.Ticks], Gen.ULong, Gen.ULong, (ticks, high, low) => new SubmissionId(new DateTimeOffset(ticks, TimeSpan.Zero), new UInt128(high, low)));

    [Fact(DisplayName = "DR-5: an id prints as UTC time and key")]
    public void Prints()
    {
        var time = new DateTimeOffset(2026, 2, 1, 1, 59, 59, TimeSpan.FromHours(2)).AddTicks(1234567);
        var id = new SubmissionId(time, new UInt128(0x0123456789abcdef, 0xfedcba9876543210));

        Assert.Equal("20260131T235959.1234567Z-0123456789abcdeffedcba9876543210", id.ToString());
        Assert.True(SubmissionId.TryParse(id.ToString(), out var read));
        Assert.Equal(id, read);
    }

    [Fact(DisplayName = "DR-5: what is printed reads back, and texts sort as times do")]
    public void Sorts_as_text() => Gen.Select(Ids, Ids).Sample((a, b) =>
        SubmissionId.TryParse(a.ToString(), out var read) && read == a
        && (a.AcceptedAt == b.AcceptedAt || Math.Sign(string.CompareOrdinal(a.ToString(), b.ToString())) == a.AcceptedAt.CompareTo(b.AcceptedAt)));

    [Theory(DisplayName = "DR-5: other texts are not ids")]
    [InlineData("")]
    [InlineData("20260131T235959.1234567Z")]
    [InlineData("20260131T235959.1234567Z-")]
    [InlineData("20260131T235959.1234567Z-0123456789abcdeffedcba987654321")]
    [InlineData("20260131T235959.1234567Z-0123456789abcdeffedcba98765432100")]
    [InlineData("20260131T235959.1234567Z-0123456789abcdeffedcba987654321g")]
    [InlineData("20260131T235959.1234567Z-0123456789abcdeffedcba987654321\0")]
    [InlineData("20260131T235959.1234567Z-01234567\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")]
    [InlineData("20260131T235959.1234567Z-+123456789abcdeffedcba9876543210")]
    [InlineData("20260131T235959.1234567Z- 123456789abcdeffedcba9876543210")]
    [InlineData("20260131T235959.123456Z-0123456789abcdeffedcba9876543210")]
    [InlineData("20261331T235959.1234567Z-0123456789abcdeffedcba9876543210")]
    [InlineData("20260131T235959.1234567-0123456789abcdeffedcba9876543210")]
    [InlineData(" 20260131T235959.1234567Z-0123456789abcdeffedcba9876543210")]
    [InlineData("20260131T235959.1234567Z-0123456789abcdeffedcba9876543210.eml")]
    public void Refuses(string text) => Assert.False(SubmissionId.TryParse(text, out _));
}
