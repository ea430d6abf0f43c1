using System.Text.RegularExpressions;
using ProxyCluster.Core.Secrets;

namespace ProxyCluster.GatewayApi.Configuration;

/// <summary>
/// Where a secret is: <c>${NAME}</c>, several of them joined by colons for a secret of several parts, or <c>file:/path</c>.
/// What is neither is a literal.
/// </summary>
/// <param name="Variables">The environment variables' names, joined by colons; <see langword="null"/>: it is in a file.</param>
/// <param name="File">The file's path; <see langword="null"/>: it is in the environment.</param>
internal readonly partial record struct SecretReference(string? Variables, string? File)
{
    private const string FileScheme = "file:";
    private const int LongestFile = 64 * 1024;

    public static bool TryParse(string text, out SecretReference reference)
    {
        if (VariablePattern().Match(text) is { Success: true } match)
        {
            reference = new(string.Join(':', match.Groups["name"].Captures.Select(static name => name.Value)), null);
            return true;
        }

        if (text.StartsWith(FileScheme, StringComparison.Ordinal) && text.Length > FileScheme.Length)
        {
            reference = new(null, text[FileScheme.Length..]);
            return true;
        }

        reference = default;
        return false;
    }

    /// <summary>Reads the secret where it is.</summary>
    /// <param name="value">Without line breaks and blanks around it.</param>
    /// <param name="fault">What is missing, without the secret.</param>
    public bool TryRead(out string value, out string fault)
    {
        value = "";
        fault = "";
        if (Variables is not null)
        {
            return TryReadVariables(Variables, out value, out fault);
        }

        try
        {
            var file = new FileInfo(File!);
            if (file is { Exists: true, Length: > LongestFile })
            {
                fault = $"The file {File} is too large for a secret.";
                return false;
            }

            value = System.IO.File.ReadAllText(File!).Trim();
            KnownSecrets.OfProcess.Add(value);
            fault = value.Length > 0 ? "" : $"The file {File} is empty.";
            return value.Length > 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            fault = $"The file {File} cannot be read: {exception.Message}";
            return false;
        }
    }

    private static bool TryReadVariables(string variables, out string value, out string fault)
    {
        List<string> parts = [];
        foreach (var variable in variables.Split(':'))
        {
            if (Environment.GetEnvironmentVariable(variable)?.Trim() is not { Length: > 0 } part)
            {
                value = "";
                fault = $"The environment variable {variable} is not set.";
                return false;
            }

            KnownSecrets.OfProcess.Add(part);
            parts.Add(part);
        }

        value = string.Join(':', parts);
        fault = "";
        return true;
    }

    [GeneratedRegex(@"^\$\{(?<name>[A-Za-z_][A-Za-z0-9_]*)\}(?::\$\{(?<name>[A-Za-z_][A-Za-z0-9_]*)\})*$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex VariablePattern();
}
