namespace ForeignConnector.Lib.Mail.Headers;

/// <summary>
/// Chooses header fields to leave out of a copy, beside those that <see cref="HeaderFirewall"/> blocks. Implemented by structs, so that no
/// field costs a delegate.
/// </summary>
internal interface IFieldFilter
{
    bool LeavesOut(ReadOnlySpan<byte> octets, HeaderField field);
}
