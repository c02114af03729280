# Asks the builder for the image that IMAGE names, under the name of its sources.
names=/checkout/names
exec buildctl build --progress=plain --frontend=dockerfile.v0 \
    --local=context=/checkout/project --local=dockerfile=/checkout/project \
    --opt="filename=images/$IMAGE/Dockerfile" \
    --opt="build-arg:PIPELINE_IMAGE=$(cat $names/pipeline)" \
    --opt="build-arg:SOURCE_COMMIT=$(cat $names/source-commit)" \
    --output="type=image,name=$(cat "$names/$IMAGE"),push=true"
