using System.Globalization;
using ForeignConnector.Lib.Mail;
using Microsoft.Extensions.Configuration;

namespace ForeignConnector.Lib.Hosting.Configuration;

/// <summary>
/// Reads one section key by key. A value that cannot be read is noted with its key and the next one is read, so that every mistake is told at once;
/// no reflection, so it survives trimming.
/// </summary>
/// <remarks>To list a section, a provider looks at every key it has, of all connectors. So a section is listed once, and nothing is asked about a key that is not there.</remarks>
internal sealed class SectionReader(IConfigurationSection section, string path, List<string> errors)
{
    private readonly List<IConfigurationSection> _children = [.. section.GetChildren()];
    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);

    public void Text(string key, Action<string> set) => Read(key, "a text", text => (true, text), set);

    public void Size(string key, Action<ByteSize> set) =>
        Read(key, "a size such as 10MB, or 'unlimited'", text => (ByteSize.TryParse(text, out var size), size), set);

    public void Integer(string key, Action<int> set) =>
        Read(key, "a whole number", text => (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number), number), set);

    public void IntegerOrUnlimited(string key, Action<int?> set) =>
        Read(key, "a whole number or 'unlimited'", text =>
            text.Equals("unlimited", StringComparison.OrdinalIgnoreCase)
                ? (true, (int?)null)
                : (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number), number), set);

    public void Time(string key, Action<TimeSpan> set) =>
        Read(key, "a time such as 00:00:05 or 2.00:00:00", text => (TryParseTime(text, out var time), time), set);

    public void TimeOrUnlimited(string key, Action<TimeSpan?> set) =>
        Read(key, "a time such as 00:00:05 or 2.00:00:00, or 'unlimited'", text =>
            text.Equals("unlimited", StringComparison.OrdinalIgnoreCase)
                ? (true, (TimeSpan?)null)
                : (TryParseTime(text, out var time), time), set);

    public void Flag(string key, Action<bool> set) => Read(key, "true or false", text => (bool.TryParse(text, out var flag), flag), set);

    /// <summary>A file mode, in octal digits; at most 0777.</summary>
    public void Mode(string key, Action<UnixFileMode> set) =>
        Read(key, "a file mode in octal digits such as 0640", text => (TryParseMode(text, out var mode), mode), set);

    public void Choice<T>(string key, Action<T> set)
        where T : struct, Enum =>
        // By name alone: Enum.TryParse takes any number as well.
        Read(key, "one of " + string.Join(", ", Enum.GetNames<T>()), text =>
        {
            var name = Enum.GetNames<T>().FirstOrDefault(name => name.Equals(text, StringComparison.OrdinalIgnoreCase));
            return (name is not null, name is null ? default : Enum.Parse<T>(name));
        }, set);

    /// <summary>A list; a single value counts as a list of one.</summary>
    public void List(string key, IList<string> target)
    {
        if (Find(key) is not { } list)
            return;
        var (text, children) = (list.Value, list.GetChildren().ToList());
        if (text is null && children.Count == 0)
            return;
        target.Clear();
        if (text is { Length: > 0 } single)
            target.Add(single);
        foreach (var child in children)
        {
            if (child.Value is { } value)
                target.Add(value);
            else
                errors.Add($"{path}:{key}:{child.Key}: must be a text");
        }
    }

    /// <summary>The sections below a key.</summary>
    public IEnumerable<IConfigurationSection> Children(string key) => Find(key)?.GetChildren() ?? [];

    /// <summary>True when a key that was asked for is there.</summary>
    public bool HasKnownKeys => _children.Any(child => _known.Contains(child.Key));

    /// <summary>Names of sections like this one that a colon cut in two: sections below it that hold the keys that were asked for.</summary>
    public IEnumerable<string> SplitNames() => _children.Where(child => !_known.Contains(child.Key)).SelectMany(child => SplitNames(child, section.Key));

    private IEnumerable<string> SplitNames(IConfigurationSection inner, string name)
    {
        name = $"{name}:{inner.Key}";
        var children = inner.GetChildren().ToList();
        return children.Exists(child => _known.Contains(child.Key)) ? [name] : children.SelectMany(child => SplitNames(child, name));
    }

    /// <summary>Adds the keys of what was not asked for.</summary>
    public void Unknown(List<string> keys) =>
        keys.AddRange(_children.Where(child => !_known.Contains(child.Key)).Select(child => $"{path}:{child.Key}"));

    // .NET takes 24:00:00 and 24 for 24 days: whoever writes that means hours, or seconds.
    private static bool TryParseTime(string text, out TimeSpan time) =>
        TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out time) && (time.Days == 0 || text.AsSpan(0, Math.Max(0, text.IndexOf(':', StringComparison.Ordinal))).Contains('.'));

    private static bool TryParseMode(string text, out UnixFileMode mode)
    {
        mode = UnixFileMode.None;
        if (text.Length is < 3 or > 4 || text.AsSpan().ContainsAnyExceptInRange('0', '7') || (text.Length == 4 && text[0] != '0'))
            return false;
        mode = (UnixFileMode)Convert.ToInt32(text, 8);
        return true;
    }

    // Null when the key is not there.
    private IConfigurationSection? Find(string key)
    {
        _known.Add(key);
        return _children.Find(child => child.Key.Equals(key, StringComparison.OrdinalIgnoreCase));
    }

    private void Read<T>(string key, string expected, Func<string, (bool Ok, T Value)> parse, Action<T> set)
    {
        if (Find(key) is not { } child)
            return;
        if (child.Value is not { } text)
        {
            if (child.GetChildren().Any())
                errors.Add($"{path}:{key}: must be {expected}");
            return;
        }
        var (ok, value) = parse(text.Trim());
        if (ok)
            set(value);
        else
            errors.Add($"{path}:{key}: '{text}' is not {expected}");
    }
}
