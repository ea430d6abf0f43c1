namespace ProxyCluster.GatewayApi.Security;

/// <summary>Whether a request carries a credential.</summary>
internal enum CredentialKind
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>One, once or repeated.</summary>
    One = 1,

    /// <summary>Two that differ.</summary>
    Conflicting = 2,
}

/// <summary>
/// The credential of a request, from <c>Authorization: Bearer</c>, <c>x-api-key</c> or <c>api-key</c>. Never from the
/// query string: addresses end up in logs.
/// </summary>
/// <param name="Kind">Whether there is one.</param>
/// <param name="Value">What it is; for <see cref="CredentialKind.One"/> never <see langword="null"/>.</param>
/// <param name="Start">Where the key begins in <paramref name="Value"/>.</param>
internal readonly record struct Credential(CredentialKind Kind, string? Value, int Start)
{
    private const string Scheme = "Bearer";

    /// <summary>The key itself.</summary>
    public ReadOnlySpan<char> Key => Value.AsSpan(Start);

    /// <summary>Reads the headers. Allocates nothing.</summary>
    public static Credential Read(IHeaderDictionary headers)
    {
        var found = default(Credential);
        foreach (var value in headers.Authorization)
        {
            found = found.With(value, KeyStartOf(value));
        }

        foreach (var value in headers["x-api-key"])
        {
            found = found.With(value, 0);
        }

        foreach (var value in headers["api-key"])
        {
            found = found.With(value, 0);
        }

        return found;
    }

    // What is not a bearer credential is taken whole: it is a credential, and no key of ours looks like it.
    private static int KeyStartOf(string? value)
    {
        if (value is null || !value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return 0;
        }

        var start = Scheme.Length;
        while (start < value.Length && value[start] == ' ')
        {
            start++;
        }

        return start > Scheme.Length || start == value.Length ? start : 0;
    }

    private Credential With(string? value, int start)
    {
        if (value is null || start >= value.Length || Kind == CredentialKind.Conflicting)
        {
            return this;
        }

        if (Kind == CredentialKind.None)
        {
            return new(CredentialKind.One, value, start);
        }

        return Key.SequenceEqual(value.AsSpan(start)) ? this : new(CredentialKind.Conflicting, null, 0);
    }
}
