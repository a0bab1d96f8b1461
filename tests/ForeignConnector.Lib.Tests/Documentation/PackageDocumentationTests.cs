using System.Reflection;
using System.Xml.Linq;

namespace ForeignConnector.Lib.Tests.Documentation;

public class PackageDocumentationTests
{
    public static TheoryData<string> Packages => ["ForeignConnector.Lib", "ForeignConnector.Lib.Hosting", "ForeignConnector.Lib.TestKit"];

    [Theory(DisplayName = "The XML documentation of a package describes every public type and nothing internal"), MemberData(nameof(Packages))]
    public void Describes_what_is_public(string package)
    {
        var described = XDocument.Load(Path.Combine(AppContext.BaseDirectory, package + ".xml")).Descendants("member").Select(member => member.Attribute("name")!.Value).ToArray();
        var types = Assembly.Load(package).GetTypes().Where(type => type.FullName is not null).ToArray();
        var visible = types.Where(type => type.IsVisible).Select(type => $"T:{type.FullName!.Replace('+', '.')}").ToHashSet(StringComparer.Ordinal);

        Assert.NotEmpty(visible);
        Assert.Empty(visible.Except(described).Except(types.Where(type => type.IsVisible && IsGenerated(type)).Select(type => $"T:{type.FullName!.Replace('+', '.')}")));
        var internals = types.Where(type => !type.IsVisible).Select(type => type.FullName!.Replace('+', '.')).ToHashSet(StringComparer.Ordinal);
        Assert.DoesNotContain(described, name => internals.Contains(name[2..]) || internals.Contains(Declaring(name)));
    }

    private static bool IsGenerated(MemberInfo type) => type.IsDefined(typeof(System.Runtime.CompilerServices.CompilerGeneratedAttribute));

    // The type that a member belongs to, of "M:Namespace.Type.Member(System.String)".
    private static string Declaring(string name)
    {
        var path = name[2..].Split('(')[0];
        return path.LastIndexOf('.') is > 0 and var dot ? path[..dot] : path;
    }
}
