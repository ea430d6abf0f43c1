using System.Text.RegularExpressions;

namespace ProxyCluster.GatewayApi.Configuration;

/// <summary>Where a secret is: <c>${NAME}</c> or <c>file:/path</c>. What is neither is a literal.</summary>
/// <param name="Variable">The environment variable's name; <see langword="null"/>: it is in a file.</param>
/// <param name="File">The file's path; <see langword="null"/>: it is in the environment.</param>
internal readonly partial record struct SecretReference(string? Variable, string? File)
{
    private const string FileScheme = "file:";
    private const int LongestFile = 64 * 1024;

    public static bool TryParse(string text, out SecretReference reference)
    {
        if (VariablePattern().Match(text) is { Success: true } match)
        {
            reference = new(match.Groups[1].Value, null);
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
        if (Variable is not null)
        {
            value = Environment.GetEnvironmentVariable(Variable)?.Trim() ?? "";
            fault = value.Length > 0 ? "" : $"The environment variable {Variable} is not set.";
            return value.Length > 0;
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
            fault = value.Length > 0 ? "" : $"The file {File} is empty.";
            return value.Length > 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            fault = $"The file {File} cannot be read: {exception.Message}";
            return false;
        }
    }

    [GeneratedRegex(@"^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$")]
    private static partial Regex VariablePattern();
}
