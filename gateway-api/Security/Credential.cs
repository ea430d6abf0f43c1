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

    /// <summary>One in <c>Authorization</c> of a scheme that is not taken, or of none.</summary>
    Foreign = 3,
}

/// <summary>The credential of a request, from <c>Authorization: Bearer</c>, <c>x-api-key</c> or <c>api-key</c>.</summary>
/// <param name="Kind">Whether there is one.</param>
/// <param name="Source">The header that it came in; for <see cref="CredentialKind.One"/> never <see langword="null"/>.</param>
/// <param name="Start">Where it begins in <paramref name="Source"/>.</param>
/// <param name="IsBearer">Whether it came as <c>Authorization: Bearer</c>, once at least: only so does a token come.</param>
internal readonly record struct Credential(CredentialKind Kind, string? Source, int Start, bool IsBearer)
{
    private const string Scheme = "Bearer";

    /// <summary>The key or token itself.</summary>
    public ReadOnlySpan<char> Value => Source.AsSpan(Start);

    /// <inheritdoc/>
    public override string ToString() => "***";

    /// <summary>Reads the headers. Allocates nothing.</summary>
    public static Credential Read(IHeaderDictionary headers)
    {
        var found = default(Credential);
        foreach (var value in headers.Authorization)
        {
            var start = BearerStartOf(value);
            found = start > 0 ? found.With(value, start, isBearer: true) : found.WithForeign(value);
        }

        foreach (var value in headers["x-api-key"])
        {
            found = found.With(value, 0, isBearer: false);
        }

        foreach (var value in headers["api-key"])
        {
            found = found.With(value, 0, isBearer: false);
        }

        return found;
    }

    /// <summary>The same with one more place where a credential was found.</summary>
    /// <param name="value">What stands there.</param>
    public Credential With(string? value) => With(value, 0, isBearer: false);

    private static int BearerStartOf(string? value)
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

    private Credential WithForeign(string? value) => string.IsNullOrEmpty(value) ? this : new(Kind == CredentialKind.None ? CredentialKind.Foreign : CredentialKind.Conflicting, null, 0, false);

    private Credential With(string? value, int start, bool isBearer)
    {
        if (value is null || start >= value.Length || Kind == CredentialKind.Conflicting)
        {
            return this;
        }

        if (Kind == CredentialKind.None)
        {
            return new(CredentialKind.One, value, start, isBearer);
        }

        return Kind == CredentialKind.One && Value.SequenceEqual(value.AsSpan(start))
            ? this with { IsBearer = IsBearer || isBearer }
            : new(CredentialKind.Conflicting, null, 0, false);
    }
}
