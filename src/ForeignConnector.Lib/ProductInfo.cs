namespace ForeignConnector.Lib;

/// <summary>How the library calls itself in headers.</summary>
public static class ProductInfo
{
    /// <summary>The name in <c>Received</c> and the default of <c>X-CreatedBy</c>.</summary>
    public const string Name = "ForeignConnector.Lib";

    /// <summary>The version of this assembly, three numbers.</summary>
    public static string Version { get; } = typeof(ProductInfo).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";
}
