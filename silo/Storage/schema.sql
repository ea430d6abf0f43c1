-- What Orleans' ADO.NET storage expects of a database: a table of queries by name, and the queries.
-- Each write is one statement that carries its own version check, so that two activations of a grain cannot both win.

CREATE TABLE IF NOT EXISTS OrleansQuery
(
    QueryKey TEXT NOT NULL PRIMARY KEY,
    QueryText TEXT NOT NULL
);

-- The hashes narrow the index; the other columns of the key tell colliding rows apart.
CREATE TABLE IF NOT EXISTS GrainState
(
    ServiceId TEXT NOT NULL,
    TypeHash INTEGER NOT NULL,
    IdHash INTEGER NOT NULL,
    TypeName TEXT NOT NULL,
    IdN0 INTEGER NOT NULL,
    IdN1 INTEGER NOT NULL,
    -- Empty where the grain's key has no text: NULLs would not be unique.
    IdText TEXT NOT NULL,
    Payload BLOB NULL,
    Version INTEGER NOT NULL,
    PRIMARY KEY (IdHash, TypeHash, IdN0, IdN1, IdText, TypeName, ServiceId)
) WITHOUT ROWID;

INSERT OR REPLACE INTO OrleansQuery (QueryKey, QueryText) VALUES
('ReadFromStorageKey', '
    SELECT Payload AS PayloadBinary, Version AS Version
    FROM GrainState
    WHERE IdHash = @GrainIdHash AND TypeHash = @GrainTypeHash AND IdN0 = @GrainIdN0 AND IdN1 = @GrainIdN1
        AND IdText = IFNULL(@GrainIdExtensionString, '''') AND TypeName = @GrainTypeString AND ServiceId = @ServiceId;');

-- A caller that has read no version may only insert, one that has may only replace that very version.
-- Where neither was possible the version comes back as it was: Orleans takes that for a conflict.
INSERT OR REPLACE INTO OrleansQuery (QueryKey, QueryText) VALUES
('WriteToStorageKey', '
    INSERT INTO GrainState (ServiceId, TypeHash, IdHash, TypeName, IdN0, IdN1, IdText, Payload, Version)
    SELECT @ServiceId, @GrainTypeHash, @GrainIdHash, @GrainTypeString, @GrainIdN0, @GrainIdN1,
        IFNULL(@GrainIdExtensionString, ''''), @PayloadBinary, IFNULL(@GrainStateVersion, 0) + 1
    WHERE @GrainStateVersion IS NULL OR EXISTS (
        SELECT 1 FROM GrainState
        WHERE IdHash = @GrainIdHash AND TypeHash = @GrainTypeHash AND IdN0 = @GrainIdN0 AND IdN1 = @GrainIdN1
            AND IdText = IFNULL(@GrainIdExtensionString, '''') AND TypeName = @GrainTypeString AND ServiceId = @ServiceId)
    ON CONFLICT DO UPDATE SET Payload = excluded.Payload, Version = excluded.Version
        WHERE GrainState.Version = @GrainStateVersion;
    SELECT CASE changes() WHEN 0 THEN @GrainStateVersion ELSE IFNULL(@GrainStateVersion, 0) + 1 END AS NewGrainStateVersion;');

INSERT OR REPLACE INTO OrleansQuery (QueryKey, QueryText) VALUES
('ClearStorageKey', '
    UPDATE GrainState SET Payload = NULL, Version = Version + 1
    WHERE IdHash = @GrainIdHash AND TypeHash = @GrainTypeHash AND IdN0 = @GrainIdN0 AND IdN1 = @GrainIdN1
        AND IdText = IFNULL(@GrainIdExtensionString, '''') AND TypeName = @GrainTypeString AND ServiceId = @ServiceId
        AND Version = @GrainStateVersion;
    SELECT CASE changes() WHEN 0 THEN @GrainStateVersion ELSE @GrainStateVersion + 1 END AS NewGrainStateVersion;');
