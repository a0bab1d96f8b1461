using System.Reflection;

namespace FaxGateway;

/// <summary>
/// Stands in for a program that sends faxes, such as sendfax: this one, started with <c>--send-fax NUMBER</c> and the text at its standard
/// input. It leaves a file for each fax in its working directory, and answers with the exit codes of sysexits.
/// </summary>
internal static class FaxProgram
{
    public const string NotInService = "+49890000";

    private const string Option = "--send-fax";
    private const int Success = 0;
    private const int NoUser = 67;

    /// <summary>The arguments that start it with a number.</summary>
    public static IEnumerable<string> Arguments(string number)
    {
        string[] own = [Option, "--", number];
        // Started by 'dotnet FaxGateway.dll', the process is dotnet's.
        return Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
            ? [Assembly.GetExecutingAssembly().Location, .. own]
            : own;
    }

    /// <summary>The exit code when the arguments are its own; null when they are not.</summary>
    public static int? TryRun(string[] arguments)
    {
        if (arguments is not [Option, "--", var number])
            return null;
        var text = Console.In.ReadToEnd();
        if (number == NotInService)
        {
            Console.WriteLine("5.1.1 The fax number is not in service.");
            return NoUser;
        }
        File.WriteAllText($"{number}.fax", text);
        return Success;
    }

    /// <summary>The numbers that got a fax.</summary>
    public static IEnumerable<string> Sent(string directory) =>
        Directory.EnumerateFiles(directory, "*.fax").Select(file => Path.GetFileNameWithoutExtension(file)).Order();
}
