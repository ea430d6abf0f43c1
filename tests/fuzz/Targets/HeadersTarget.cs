using System.Text;
using Microsoft.AspNetCore.Http;
using ProxyCluster.GatewayApi.Messages;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.Tests.Fuzz.Probing;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>A client's headers, one a line: its credential, and what of Anthropic's goes on to a provider.</summary>
internal sealed class HeadersTarget : FuzzTarget
{
    /// <inheritdoc/>
    public override string Name => "headers";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words =>
        ["authorization: Bearer ", "x-api-key: ", "api-key: ", "anthropic-version: 2023-06-01\n", "anthropic-beta: ", "prompt-caching-2024-07-31", ",", "\n", "bearer", "Bearer", " "];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Parser => ["Security/Credential.cs", "Messages/MessagesHeaders.cs:Read"];

    /// <inheritdoc/>
    public override PlantedBug Planted => new("Security/Credential.cs", "if (value is null || start >= value.Length");

    /// <inheritdoc/>
    public override int Run(byte[] input)
    {
        var headers = new HeaderDictionary();
        foreach (var line in Encoding.Latin1.GetString(input).Split('\n'))
        {
            if (line.Split(": ", 2) is [{ Length: > 0 } name, var value])
            {
                headers.Append(name, value);
            }
        }

        var credential = Credential.Read(headers);
        if (credential.Kind == CredentialKind.One && credential.Value.IsEmpty)
        {
            throw new InvalidDataException("Nothing is taken for a credential.");
        }

        var passed = MessagesHeaders.Read(headers);
        if (passed.PassedOn.Any(static header => header.Value.Any(static c => c is < '!' or > '~')) || passed.Warnings?.Any(static c => c is < ' ' or > '~') == true)
        {
            throw new InvalidDataException($"A header goes on that fits in none: {string.Join(' ', passed.PassedOn)} {passed.Warnings}");
        }

        return HashCode.Combine(credential.Kind, credential.Start, passed.PassedOn.Count, passed.Warnings?.Length);
    }
}
