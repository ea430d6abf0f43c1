namespace ProxyCluster.Core.Configuration;

/// <summary>The rules of the audit logs' settings.</summary>
internal static class AuditRules
{
    /// <summary>All that is wrong.</summary>
    /// <param name="audit">Bound without a fault, or as far as it went.</param>
    /// <param name="context">Knows where a setting comes from.</param>
    /// <param name="referenceFault">Why the text at a path is no secret reference that can be read here.</param>
    public static IEnumerable<ConfigurationFault> Check(AuditOptions audit, ConfigurationContext context, Func<string, string, string?> referenceFault)
    {
        var references = new List<(string Path, string? Text)>
        {
            ("Audit:Key", audit.Key),
            ("Audit:Anchors:UrlToken", audit.Anchors.UrlToken),
            ("Audit:Anchors:SigningKey", audit.Anchors.SigningKey),
        };
        references.AddRange(audit.EarlierKeys.Select((key, i) => ($"Audit:EarlierKeys[{i}]", (string?)key)));
        foreach (var (path, text) in references)
        {
            if (text is not null && (context.IsReference(text) ? referenceFault(path, text) : "Write where the secret is: ${NAME} or file:/path.") is { } fault)
            {
                yield return Fault(path, null, fault);
            }
        }

        if (audit.Anchors.Url is { } url && !(Uri.TryCreate(url, UriKind.Absolute, out var address) && address is { Scheme: "http" or "https" } && address.UserInfo.Length == 0))
        {
            yield return Fault("Audit:Anchors:Url", null, "It must be an http:// or https:// URL without a user: write a token into Audit:Anchors:UrlToken.");
        }

        if (audit.Anchors.Directory is { } directory && string.IsNullOrWhiteSpace(directory))
        {
            yield return Fault("Audit:Anchors:Directory", directory, "It must not be empty. Leave it out for none.");
        }

        ConfigurationFault Fault(string path, string? value, string cure) => new(path, value, cure) { Origin = context.Origin(path) };
    }
}
