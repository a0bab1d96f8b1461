using System.Text;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.EnvelopeBlock;

namespace ForeignConnector.Lib.Tests.Mail;

public class EnvelopeKeywordsTests
{
    [Theory(DisplayName = "EN-1, EN-2, EN-3: keywords and their values are read without case")]
    [InlineData("7bit", BodyType.SevenBit)]
    [InlineData("7BIT", BodyType.SevenBit)]
    [InlineData("8bitMIME", BodyType.EightBitMime)]
    [InlineData("BINARYMIME", BodyType.BinaryMime)]
    [InlineData("binaryMime", BodyType.BinaryMime)]
    public void Reads_a_body_type(string text, BodyType expected)
    {
        Assert.True(EnvelopeKeywords.TryRead(EnvelopeKeywords.Bodies, Encoding.ASCII.GetBytes(text), out var value));
        Assert.Equal(expected, value);
    }

    [Theory(DisplayName = "EN-1, EN-2: other values are refused")]
    [InlineData("")]
    [InlineData("FULLY")]
    [InlineData("FUL")]
    [InlineData("UNSPECIFIED")]
    [InlineData("1")]
    public void Refuses_another_value(string text) =>
        Assert.False(EnvelopeKeywords.TryRead(EnvelopeKeywords.Returns, Encoding.ASCII.GetBytes(text), out _));

    [Fact(DisplayName = "EN-9: every value but the unspecified one has a text")]
    public void Has_a_text_for_every_value()
    {
        Assert.Equal(Named<BodyType>(), EnvelopeKeywords.Bodies.Select(body => body.Value));
        Assert.Equal(Named<DsnReturn>(), EnvelopeKeywords.Returns.Select(value => value.Value));
        Assert.Equal(Named<DsnNotify>(), EnvelopeKeywords.Notifies.Select(notify => notify.Value));
    }

    [Theory(DisplayName = "EN-4: a keyword consists of letters, digits, '-', '.' and '_'")]
    [InlineData("SIZE", true)]
    [InlineData("X-ExtendedProps", true)]
    [InlineData("8.a_b-", true)]
    [InlineData("", false)]
    [InlineData("-a", false)]
    [InlineData("a b", false)]
    [InlineData("a=", false)]
    [InlineData("a;", false)]
    [InlineData("\u00fc", false)]
    public void Knows_a_keyword(string text, bool expected) => Assert.Equal(expected, EnvelopeKeywords.IsKeyword(text));

    [Fact(DisplayName = "EN-4: a keyword has at most 256 characters")]
    public void Limits_the_length()
    {
        Assert.True(EnvelopeKeywords.IsKeyword(new string('a', 256)));
        Assert.False(EnvelopeKeywords.IsKeyword(new string('a', 257)));
    }

    private static IEnumerable<T> Named<T>()
        where T : struct, Enum => Enum.GetValues<T>().Where(value => value.ToString() != nameof(BodyType.Unspecified));
}
