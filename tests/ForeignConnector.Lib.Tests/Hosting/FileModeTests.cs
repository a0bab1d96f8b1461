using ForeignConnector.Lib.Hosting;
using ForeignConnector.Lib.Transport;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ForeignConnector.Lib.Tests.Hosting;

/// <summary>The mode of Drop files in the configuration.</summary>
public class FileModeTests
{
    [Theory(DisplayName = "DR-10: DropFileMode is octal, with and without the leading zero")]
    [InlineData("0640", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead)]
    [InlineData("640", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead)]
    [InlineData("0400", UnixFileMode.UserRead)]
    [InlineData(" 0660 ", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite)]
    public void Reads_octal_digits(string text, UnixFileMode expected) => Assert.Equal(expected, Bind(text).Connectors["Fax"].DropFileMode);

    [Theory(DisplayName = "DR-10: what is no mode is refused, with its key")]
    [InlineData("0680")]
    [InlineData("64")]
    [InlineData("00640")]
    [InlineData("4640")]
    [InlineData("-640")]
    [InlineData("rw-r-----")]
    [InlineData("0x1A0")]
    public void Refuses_what_is_no_mode(string text)
    {
        var refused = Assert.Throws<OptionsValidationException>(() => Bind(text));

        Assert.Equal($"Connectors:Fax:DropFileMode: '{text}' is not a file mode in octal digits such as 0640", Assert.Single(refused.Failures));
    }

    [Theory(DisplayName = "DR-10: a mode with which the host could not read its own files is refused")]
    [InlineData("0000")]
    [InlineData("0060")]
    [InlineData("0240")]
    public void Refuses_a_mode_that_hides_the_file(string text)
    {
        var refused = Assert.Throws<OptionsValidationException>(() => Bind(text));

        Assert.Equal("Connectors:Fax:DropFileMode: must be at most 0777 and let the owner read, such as 0640", Assert.Single(refused.Failures));
    }

    private static ForeignConnectorOptions Bind(string mode)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
        [
            KeyValuePair.Create("Connectors:Fax:DropFileMode", (string?)mode),
            KeyValuePair.Create("Connectors:Fax:AddressSpaces", (string?)"FAX:*"),
        ]).Build();
        using var services = new ServiceCollection().AddLogging().AddForeignConnectors(configuration).BuildServiceProvider();
        return services.GetRequiredService<IOptions<ForeignConnectorOptions>>().Value;
    }
}
