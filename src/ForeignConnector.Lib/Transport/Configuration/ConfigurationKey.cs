namespace ForeignConnector.Lib.Transport.Configuration;

/// <summary>Where the values of a <see cref="ConfigurationKey"/> stand in the configuration.</summary>
public enum ConfigurationKeyForm
{
    /// <summary>The key has one value.</summary>
    Value,

    /// <summary>The key has a list of values; a single value counts as a list of one.</summary>
    List,

    /// <summary>The key is a section with keys of its own.</summary>
    Section,

    /// <summary>The key has values that have names.</summary>
    Map,
}

/// <summary>What people read about a key. The README's tables are made of it.</summary>
public sealed record ConfigurationKeyFacts
{
    /// <summary>The default, as the README says it.</summary>
    /// <value>Default empty: there is none.</value>
    public string Default { get; init; } = "";

    /// <summary>The values that are allowed, as the README says it.</summary>
    /// <value>Default empty.</value>
    public string Range { get; init; } = "";

    /// <summary>What the key means, in one sentence.</summary>
    /// <value>Default empty.</value>
    public string Meaning { get; init; } = "";

    /// <summary>The id of the rule that the key belongs to, such as <c>PU-3</c>.</summary>
    /// <value>Default empty: no rule of the specification.</value>
    public string Rule { get; init; } = "";

    /// <summary>True when a change has no effect before the next start of the transport; such a change is warned about.</summary>
    /// <value>Default false.</value>
    public bool IsReadAtStart { get; init; }
}

/// <summary>
/// One key of a configuration section. Binding, validation, warnings and the README use the same entry of a
/// <see cref="ConfigurationTable{TSettings}"/>. Immutable.
/// </summary>
public sealed class ConfigurationKey
{
    private readonly Func<object, object?> _read;
    private readonly Func<object, string, bool>? _write;
    private readonly Func<object, IList<string>>? _list;
    private readonly Func<object, IDictionary<string, string>>? _map;
    private readonly Func<object, string?>? _check;

    internal ConfigurationKey(
        string name, string kind,
            ConfigurationKeyForm form, ConfigurationKeyFacts? facts, Func<object, object?> read, Func<object, string, bool>? write = null,
        Func<object, IList<string>>? list = null, Func<object, string?>? check = null,
        Func<object, IDictionary<string, string>>? map = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        Name = name;
        Kind = kind;
        Form = form;
        Facts = facts ?? new ConfigurationKeyFacts();
        _read = read;
        _write = write;
        _list = list;
        _map = map;
        _check = check;
    }

    /// <summary>The name of the key; names compare without case.</summary>
    public string Name { get; }

    /// <summary>What a value must be, as an error says it: <c>a whole number</c>, for example.</summary>
    public string Kind { get; }

    /// <summary>Where the values stand.</summary>
    public ConfigurationKeyForm Form { get; }

    /// <summary>What people read about the key.</summary>
    public ConfigurationKeyFacts Facts { get; }

    /// <summary>
    /// The value that settings have now. A list is one text with a line for each value, so that equal lists give equal values; so are
    /// values with names.
    /// </summary>
    /// <param name="settings">An object of the table's type.</param>
    public object? ValueOf(object settings) =>
        _list is not null ? string.Join('\n', _list(settings))
        : _map is not null ? string.Join('\n', _map(settings).OrderBy(pair => pair.Key, StringComparer.Ordinal))
        : _read(settings);

    /// <summary>Reads a text of the configuration into settings.</summary>
    /// <param name="settings">An object of the table's type.</param>
    /// <param name="text">The text, without blanks around it.</param>
    /// <returns>False when the text is not of the <see cref="Kind"/>; the settings are unchanged then.</returns>
    /// <exception cref="InvalidOperationException">The key is not of the form <see cref="ConfigurationKeyForm.Value"/>.</exception>
    public bool TrySet(object settings, string text) =>
        _write is null ? throw new InvalidOperationException($"The key {Name} has no single value.") : _write(settings, text);

    /// <summary>Replaces the values of a list.</summary>
    /// <param name="settings">An object of the table's type.</param>
    /// <param name="texts">The values.</param>
    /// <exception cref="InvalidOperationException">The key is not of the form <see cref="ConfigurationKeyForm.List"/>.</exception>
    public void SetList(object settings, IEnumerable<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var list = _list?.Invoke(settings) ?? throw new InvalidOperationException($"The key {Name} has no list of values.");
        list.Clear();
        foreach (var text in texts)
            list.Add(text);
    }

    /// <summary>Replaces the values of a key whose values have names.</summary>
    /// <param name="settings">An object of the table's type.</param>
    /// <param name="values">The values by name.</param>
    /// <exception cref="InvalidOperationException">The key is not of the form <see cref="ConfigurationKeyForm.Map"/>.</exception>
    public void SetMap(object settings, IEnumerable<KeyValuePair<string, string>> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var map = _map?.Invoke(settings) ?? throw new InvalidOperationException($"The key {Name} has no values with names.");
        map.Clear();
        foreach (var (name, value) in values)
            map[name] = value;
    }

    /// <summary>What is wrong with the value that settings have; null when nothing is.</summary>
    /// <param name="settings">An object of the table's type.</param>
    public string? Problem(object settings) => _check?.Invoke(settings);
}
