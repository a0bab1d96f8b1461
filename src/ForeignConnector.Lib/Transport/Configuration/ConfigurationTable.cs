using System.Collections;
using System.Globalization;
using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Transport.Configuration;

/// <summary>
/// The keys of one configuration section, in the order of its documentation: what they are called, how their texts are read into settings,
/// and what is allowed. Uses no reflection, so it survives trimming. Fill it once; then it is immutable in use and thread-safe.
/// </summary>
/// <typeparam name="TSettings">The settings that the section describes.</typeparam>
/// <example>
/// <code>
/// static readonly ConfigurationTable&lt;FaxSettings&gt; Keys = new ConfigurationTable&lt;FaxSettings&gt;()
///     .Text("Device", s => s.Device, (s, value) => s.Device = value, check: ConfigurationText.NotEmpty)
///     .Number("Lines", s => s.Lines, (s, value) => s.Lines = value, least: 1, most: 8);
/// </code>
/// </example>
public sealed class ConfigurationTable<TSettings> : IReadOnlyList<ConfigurationKey>
    where TSettings : class
{
    private readonly List<ConfigurationKey> _keys = [];

    /// <inheritdoc/>
    public int Count => _keys.Count;

    /// <inheritdoc/>
    public ConfigurationKey this[int index] => _keys[index];

    /// <summary>A text.</summary>
    /// <param name="name">The key.</param>
    /// <param name="get">Reads it from settings.</param>
    /// <param name="set">Writes it.</param>
    /// <param name="facts">What people read about it.</param>
    /// <param name="check">Says what is wrong with a text; null when nothing is. Not asked about null.</param>
    public ConfigurationTable<TSettings> Text(
        string name, Func<TSettings, string?> get, Action<TSettings, string> set, ConfigurationKeyFacts? facts =
            null, Func<string, string?>? check = null) =>
        Add<string?>(name, "a text", get, text =>
            (true, text), (settings, value) => set(settings, value!), value => value is null ? null : check?.Invoke(value), facts);

    /// <summary>A size in octets, written as a number with B, KB, MB, GB or TB.</summary>
    /// <param name="name">The key.</param>
    /// <param name="get">Reads it from settings.</param>
    /// <param name="set">Writes it.</param>
    /// <param name="facts">What people read about it.</param>
    /// <param name="least">The least allowed, such as <c>32KB</c>; null is no limit. Give both limits or none.</param>
    /// <param name="most">The most allowed, such as <c>2GB</c> or <c>unlimited</c>.</param>
    public ConfigurationTable<TSettings> Size(
        string name, Func<TSettings, ByteSize> get, Action<TSettings, ByteSize> set, ConfigurationKeyFacts? facts =
            null, string? least = null, string? most = null) =>
        Add(name, "a size such as 10MB, or 'unlimited'", get, text => (ByteSize.TryParse(text, out var size), size), set,
            size => least is null || most is null
                || (size >= ByteSize.Parse(least) && size <= ByteSize.Parse(most)) ? null : Range(least, most), facts);

    /// <summary>A whole number.</summary>
    /// <param name="name">The key.</param>
    /// <param name="get">Reads it from settings.</param>
    /// <param name="set">Writes it.</param>
    /// <param name="facts">What people read about it.</param>
    /// <param name="least">The least allowed.</param>
    /// <param name="most">The most allowed.</param>
    public ConfigurationTable<TSettings> Number(
        string name, Func<TSettings, int> get, Action<TSettings, int> set, ConfigurationKeyFacts? facts =
            null, int least = int.MinValue, int most = int.MaxValue) =>
        Add(name, "a whole number", get, text =>
            (ConfigurationText.TryInteger(text, out var number), number), set, number => InRange(number, least, most), facts);

    /// <summary>A whole number, or <c>unlimited</c>, which is null.</summary>
    /// <inheritdoc cref="Number"/>
    public ConfigurationTable<TSettings> NumberOrUnlimited(
        string name, Func<TSettings, int?> get, Action<TSettings, int?> set, ConfigurationKeyFacts? facts =
            null, int least = int.MinValue, int most = int.MaxValue) =>
        Add(name, "a whole number or 'unlimited'", get,
            text => ConfigurationText.IsUnlimited(text)
                ? (true, (int?)null)
                : (ConfigurationText.TryInteger(text, out var number), number), set,
            number => number is { } limit ? InRange(limit, least, most) : null, facts);

    /// <summary>A time, written <c>[d.]hh:mm:ss</c>.</summary>
    /// <param name="name">The key.</param>
    /// <param name="get">Reads it from settings.</param>
    /// <param name="set">Writes it.</param>
    /// <param name="facts">What people read about it.</param>
    /// <param name="least">The least allowed, such as <c>00:00:01</c>; null is no limit. Give both limits or none.</param>
    /// <param name="most">The most allowed, such as <c>1.00:00:00</c>.</param>
    public ConfigurationTable<TSettings> Time(
        string name, Func<TSettings, TimeSpan> get, Action<TSettings, TimeSpan> set, ConfigurationKeyFacts? facts =
            null, string? least = null, string? most = null) =>
        Add(name, "a time such as 00:00:05 or 2.00:00:00", get, text => (ConfigurationText.TryTime(text, out var time), time), set,
            time => InRange(time, least, most), facts);

    /// <summary>A time, written <c>[d.]hh:mm:ss</c>, or <c>unlimited</c>, which is null.</summary>
    /// <inheritdoc cref="Time"/>
    public ConfigurationTable<TSettings> TimeOrUnlimited(
        string name, Func<TSettings, TimeSpan?> get, Action<TSettings, TimeSpan?> set, ConfigurationKeyFacts? facts =
            null, string? least = null, string? most = null) =>
        Add(name, "a time such as 00:00:05 or 2.00:00:00, or 'unlimited'", get,
            text => ConfigurationText.IsUnlimited(text)
                ? (true, (TimeSpan?)null)
                : (ConfigurationText.TryTime(text, out var time), time), set,
            time => time is { } limit ? InRange(limit, least, most) : null, facts);

    /// <summary><c>true</c> or <c>false</c>.</summary>
    /// <param name="name">The key.</param>
    /// <param name="get">Reads it from settings.</param>
    /// <param name="set">Writes it.</param>
    /// <param name="facts">What people read about it.</param>
    public ConfigurationTable<TSettings> Flag(
        string name, Func<TSettings, bool> get, Action<TSettings, bool> set, ConfigurationKeyFacts? facts = null) =>
        Add(name, "true or false", get, text => (bool.TryParse(text, out var flag), flag), set, _ => null, facts);

    /// <summary>One of the names of an enumeration; its numbers are refused.</summary>
    /// <param name="name">The key.</param>
    /// <param name="get">Reads it from settings.</param>
    /// <param name="set">Writes it.</param>
    /// <param name="facts">What people read about it.</param>
    /// <typeparam name="TChoice">The enumeration.</typeparam>
    public ConfigurationTable<TSettings> Choice<TChoice>(
        string name, Func<TSettings, TChoice> get, Action<TSettings, TChoice> set, ConfigurationKeyFacts? facts = null)
        where TChoice : struct, Enum =>
        Add(name, "one of " + string.Join(", ", Enum.GetNames<TChoice>()), get, text =>
        {
            // By name alone: Enum.TryParse takes any number as well.
            var choice = Enum.GetNames<TChoice>().FirstOrDefault(choice => choice.Equals(text, StringComparison.OrdinalIgnoreCase));
            return (choice is not null, choice is null ? default : Enum.Parse<TChoice>(choice));
        }, set, _ => null, facts);

    /// <summary>A file mode, in octal digits; at most 0777.</summary>
    /// <param name="name">The key.</param>
    /// <param name="get">Reads it from settings.</param>
    /// <param name="set">Writes it.</param>
    /// <param name="facts">What people read about it.</param>
    /// <param name="check">Says what is wrong with a mode; null when nothing is.</param>
    public ConfigurationTable<TSettings> Mode(
        string name, Func<TSettings, UnixFileMode> get, Action<TSettings, UnixFileMode> set, ConfigurationKeyFacts? facts = null,
        Func<UnixFileMode, string?>? check = null) =>
        Add(name, "a file mode in octal digits such as 0640", get, text => (ConfigurationText.TryMode(text, out var mode), mode), set,
            mode => check?.Invoke(mode), facts);

    /// <summary>A list of texts.</summary>
    /// <param name="name">The key.</param>
    /// <param name="list">The list in the settings.</param>
    /// <param name="facts">What people read about it.</param>
    public ConfigurationTable<TSettings> List(string name, Func<TSettings, IList<string>> list, ConfigurationKeyFacts? facts = null)
    {
        _keys.Add(new ConfigurationKey(
            name, "a text", ConfigurationKeyForm.List, facts, Read(list), list: settings => list((TSettings)settings)));
        return this;
    }

    /// <summary>Texts that have names.</summary>
    /// <param name="name">The key.</param>
    /// <param name="map">The texts in the settings.</param>
    /// <param name="facts">What people read about it.</param>
    public ConfigurationTable<TSettings> Map(
        string name, Func<TSettings, IDictionary<string, string>> map, ConfigurationKeyFacts? facts = null)
    {
        _keys.Add(new ConfigurationKey(
            name, "a text", ConfigurationKeyForm.Map, facts, Read(map), map: settings => map((TSettings)settings)));
        return this;
    }

    /// <inheritdoc/>
    public IEnumerator<ConfigurationKey> GetEnumerator() => _keys.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>A section that code of its own reads.</summary>
    internal ConfigurationTable<TSettings> Section(string name, Func<TSettings, object?> get, ConfigurationKeyFacts facts)
    {
        _keys.Add(new ConfigurationKey(name, "a section", ConfigurationKeyForm.Section, facts, Read(get)));
        return this;
    }

    private static Func<object, object?> Read<T>(Func<TSettings, T> get) => settings => get((TSettings)settings);

    private static string Range(string least, string most) => $"must be from {least} to {most}";

    private static string? InRange(int number, int least, int most) =>
        number >= least
            && number <= most ? null : Range(least.ToString(CultureInfo.InvariantCulture), most.ToString(CultureInfo.InvariantCulture));

    private static string? InRange(TimeSpan time, string? least, string? most) =>
        least is null || most is null
        || (time >= TimeSpan.Parse(least, CultureInfo.InvariantCulture) && time <= TimeSpan.Parse(most, CultureInfo.InvariantCulture))
            ? null
            : Range(least, most);

    private ConfigurationTable<TSettings> Add<T>(
        string name, string kind, Func<TSettings, T> get, Func<string, (bool Ok,
            T Value)> parse, Action<TSettings, T> set, Func<T, string?> check, ConfigurationKeyFacts? facts)
    {
        _keys.Add(new ConfigurationKey(
            name, kind, ConfigurationKeyForm.Value, facts, Read(get),
            (settings, text) =>
            {
                var (ok, value) = parse(text);
                if (ok)
                    set((TSettings)settings, value);
                return ok;
            },
            check: settings => check(get((TSettings)settings))));
        return this;
    }
}
