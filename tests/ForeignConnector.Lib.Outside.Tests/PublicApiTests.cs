using System.Reflection;
using System.Runtime.CompilerServices;
using ForeignConnector.Lib.Hosting;
using ForeignConnector.Lib.TestKit;
using ForeignConnector.Lib.Transport;

namespace Outside;

public class PublicApiTests
{
    public static TheoryData<Type> Packages =>
        [typeof(ForeignConnectorTransport), typeof(ForeignConnectorHealthOptions), typeof(InMemoryQueueStore)];

    [Theory(DisplayName = "No package shows its internals to another one, to the test kit or to these tests"), MemberData(nameof(Packages))]
    public void Shows_internals_to_its_own_tests_alone(Type type)
    {
        string[] own =
        [
            "ForeignConnector.Lib.Tests", "ForeignConnector.Lib.IntegrationTests",
            "ForeignConnector.Lib.FuzzTests", "ForeignConnector.Lib.Benchmarks",
        ];

        var shown = type.Assembly.GetCustomAttributes<InternalsVisibleToAttribute>().Select(attribute => attribute.AssemblyName);

        Assert.Empty(shown.Except(own));
    }
}
