using System.ComponentModel.DataAnnotations;
using System.Globalization;
using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Hosting.Configuration;

/// <summary>The least and the most a size may be.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SizeRangeAttribute(string minimum, string maximum) : ValidationAttribute($"must be from {minimum} to {maximum}")
{
    public string Minimum => minimum;

    public string Maximum => maximum;

    public override bool IsValid(object? value) =>
        value is not ByteSize size || (size >= ByteSize.Parse(minimum) && size <= ByteSize.Parse(maximum));
}

/// <summary>The least and the most a number may be; null is not limited.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class CountRangeAttribute(int minimum, int maximum) : ValidationAttribute(FormattableString.Invariant($"must be from {minimum} to {maximum}"))
{
    public int Minimum => minimum;

    public int Maximum => maximum;

    public override bool IsValid(object? value) => value is not int count || (count >= minimum && count <= maximum);
}

/// <summary>The least and the most a time may be.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class TimeRangeAttribute(string minimum, string maximum) : ValidationAttribute($"must be from {minimum} to {maximum}")
{
    public string Minimum => minimum;

    public string Maximum => maximum;

    public override bool IsValid(object? value) =>
        value is not TimeSpan time
        || (time >= TimeSpan.Parse(minimum, CultureInfo.InvariantCulture) && time <= TimeSpan.Parse(maximum, CultureInfo.InvariantCulture));
}
